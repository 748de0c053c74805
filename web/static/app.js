// What HTML alone cannot do after htmx swaps a region: where the focus goes, what is announced, what is in view.
// Every action works without this file.
"use strict";

(() => {
  // htmx writes down the path of the page, for a history we do not use; nothing of ours is stored here.
  try {
    sessionStorage.removeItem("htmx-current-path-for-history");
  } catch {
    // Storage may be closed altogether, and htmx then wrote nothing.
  }

  const annonces = () => document.getElementById("annonces");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  // What a choice leads to, the most precise first: a card comes before the ranking in the page.
  const COMES_NEXT = ["#question-titre", "#pourquoi-pas-titre", "#classement-titre", "legend[tabindex]", "[autofocus]", "h2[tabindex]"];
  const LOG_LINES = 8;
  const told = new Set([...document.querySelectorAll(".bulle")].map((bubble) => bubble.textContent));
  let sentFrom = null;

  // The field is one line high until one writes more; Enter sends, Shift+Enter starts a new line.
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "texte" || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    // htmx learns which button was used from its click.
    event.target.form.querySelector(".envoyer").click();
  });

  // What a page fetches by itself must move nothing and alarm nobody.
  const asked = (event) => !event.detail.elt.hasAttribute("data-apercu");

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!asked(event)) return;
    sentFrom = event.detail.requestConfig.triggeringEvent?.submitter ?? null;
    const panne = document.getElementById("panne");
    if (panne && !panne.hidden) panne.hidden = true;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const region = document.getElementById(event.detail.target.id);
    if (!region || region.classList.contains("apercu")) return;
    const focused = moveFocus(region);
    announce(region, focused);
    bringIntoView(region, focused);
    showPrinters(region);
    showReaders(region);
  });

  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      const apercu = event.detail.elt.querySelector("[data-panne]");
      if (apercu) apercu.hidden = false;
      if (!asked(event)) return;
      const panne = document.getElementById("panne");
      if (!panne) return;
      panne.hidden = false;
      panne.scrollIntoView({ block: "center" });
    });
  }

  // Someone who types stays in the field; someone who chose is taken to what comes next.
  function moveFocus(region) {
    const field = region.querySelector("#texte");
    const typed = sentFrom?.classList.contains("envoyer");
    const next = COMES_NEXT.map((what) => region.querySelector(what)).find(Boolean);
    const focused = field && (typed || field.hasAttribute("aria-invalid")) && !region.querySelector(".secours")
      ? field
      : next;
    focused?.focus({ preventScroll: true });
    return focused;
  }

  // The log is in the page from the start; each answer is appended once, and the oldest leave. A field in error
  // tells it itself, and a bubble that was there before is only said again to someone who has just written.
  function announce(region, focused) {
    const log = annonces();
    if (!log || focused?.hasAttribute("aria-invalid")) return;
    const wrote = sentFrom?.classList.contains("envoyer");
    for (const line of region.querySelectorAll("[data-annonce]")) {
      const again = line.matches(".bulle") && told.has(line.textContent);
      told.add(line.textContent);
      if (line === focused || (again && !wrote)) continue;
      const paragraph = document.createElement("p");
      paragraph.textContent = line.textContent;
      log.append(paragraph);
    }
    while (log.children.length > LOG_LINES) log.firstElementChild.remove();
  }

  // After a sentence: the sentence and what was understood. After a choice: the next question.
  function bringIntoView(region, focused) {
    const said = focused?.id === "texte" ? [...region.querySelectorAll(".bulle.personne")].pop() : null;
    const anchor = region.querySelector(".erreur, .secours") ?? said ?? region.querySelector("#question, #pourquoi-pas-titre, #classement-titre, .lieu-choix, #proche-titre") ?? region;
    anchor.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth", block: "start" });
  }

  // While a place is typed, what it may be; a list that comes too late is not shown.
  let typing = new AbortController();
  document.addEventListener("input", async (event) => {
    if (event.target.id !== "lieu") return;
    typing.abort();
    typing = new AbortController();
    const body = new URLSearchParams({ lieu: event.target.value });
    try {
      const answer = await fetch("/communes", { method: "POST", body, signal: typing.signal });
      if (answer.ok) event.target.list.innerHTML = await answer.text();
    } catch {
      // Nothing is lost: the page finds the commune when the form is sent.
    }
  });

  // A page that swaps nothing fetches htmx for the next one, once everything of its own is there.
  addEventListener("load", () => {
    const next = document.querySelector("meta[name=ensuite]");
    if (next) setTimeout(() => fetch(next.content, { priority: "low" }).catch(() => {}), 500);
  });

  function showPrinters(root) {
    for (const button of root.querySelectorAll("[data-imprimer]")) {
      button.hidden = false;
      button.addEventListener("click", () => print());
    }
  }

  showPrinters(document);

  // Reading aloud: `data-lire` lists selectors, read in that order. Nothing is shown without a French voice.
  const speech = window.speechSynthesis;
  let reader = null;
  let lastLine = null;

  function frenchVoice() {
    const french = (speech?.getVoices() ?? []).filter((voice) => /^fr\b/i.test(voice.lang.replace("_", "-")));
    return french.find((voice) => /FR$/i.test(voice.lang)) ?? french[0];
  }

  function showReaders(root) {
    if (!frenchVoice()) return;
    for (const button of root.querySelectorAll("[data-lire][hidden]")) {
      button.setAttribute("aria-pressed", "false");
      button.hidden = false;
    }
  }

  // A line at a time: several browsers fall silent in the middle of a long text.
  function read(button) {
    const texts = button.dataset.lire.split(",").flatMap((one) => [...document.querySelectorAll(one)]);
    const lines = texts.map((text) => text.innerText).join("\n").match(/[^.!?…\n]*[^.!?…\s]\s*[.!?…]*/g) ?? [];
    for (const line of lines) {
      lastLine = Object.assign(new SpeechSynthesisUtterance(line.trim()), { lang: "fr-FR", rate: 0.95, voice: frenchVoice() });
      lastLine.onend = lastLine.onerror = (event) => event.target === lastLine && stopReading();
      speech.speak(lastLine);
    }
    if (lines.length === 0) return;
    reader = button;
    button.setAttribute("aria-pressed", "true");
  }

  function stopReading() {
    lastLine = null;
    reader?.setAttribute("aria-pressed", "false");
    reader = null;
    speech?.cancel();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-lire]");
    if (!button) return;
    const again = button === reader;
    stopReading();
    if (!again) read(button);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.target.classList.contains("apercu")) stopReading();
  });
  addEventListener("pagehide", stopReading);
  // The list of voices often comes after the page.
  speech?.addEventListener("voiceschanged", () => showReaders(document));
  showReaders(document);
})();
