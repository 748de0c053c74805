// What HTML alone cannot do after htmx swaps a region: where the focus goes, what is announced, what is in view.
// Every action works without this file.
"use strict";

(() => {
  const annonces = () => document.getElementById("annonces");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  // What a choice leads to, the most precise first: a card comes before the ranking in the page.
  const COMES_NEXT = ["#question-titre", "#classement-titre", "legend[tabindex]", "[autofocus]", "h2[tabindex]"];
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
    if (panne) panne.hidden = true;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const region = document.getElementById(event.detail.target.id);
    if (!region || region.classList.contains("apercu")) return;
    const focused = moveFocus(region);
    announce(region, focused);
    bringIntoView(region, focused);
    showPrinters(region);
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

  // The log is in the page from the start; each answer is appended once, and the older ones leave.
  function announce(region, focused) {
    const log = annonces();
    if (!log) return;
    const lines = [...region.querySelectorAll("[data-annonce]")].filter((line) => line !== focused);
    log.replaceChildren();
    for (const line of lines) {
      const paragraph = document.createElement("p");
      paragraph.textContent = line.textContent;
      log.append(paragraph);
    }
  }

  // After a sentence: the sentence and what was understood. After a choice: the next question.
  function bringIntoView(region, focused) {
    const said = focused?.id === "texte" ? [...region.querySelectorAll(".bulle.personne")].pop() : null;
    const anchor = region.querySelector(".erreur, .secours") ?? said ?? region.querySelector("#question, #classement-titre, .lieu-choix, #proche-titre") ?? region;
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

  function showPrinters(root) {
    for (const button of root.querySelectorAll("[data-imprimer]")) {
      button.hidden = false;
      button.addEventListener("click", () => print());
    }
  }

  showPrinters(document);
})();
