// An interview under way: each of the two sees what the other changes. Without this file, « Mettre à jour » does it.
"use strict";

(() => {
  const place = document.querySelector("[data-direct]");
  if (!place || !window.EventSource) return;
  const nouveautes = document.getElementById("nouveautes");
  const annonces = document.getElementById("annonces");
  let newest = null;
  let busy = false;

  const source = new EventSource(place.dataset.direct);
  source.addEventListener("message", (event) => {
    newest = event.data;
    renew();
  });
  source.addEventListener("fin", () => {
    source.close();
    // A page of the chat came by a form: it stays as it is, with all that is typed in it.
    if (!nouveautes) location.reload();
  });
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  document.addEventListener("htmx:afterSettle", renew);

  async function renew() {
    if (busy || newest === null) return;
    busy = true;
    const wanted = newest;
    try {
      await (nouveautes ? tell() : follow());
    } catch {
      // The line is cut: the next event, or the button, catches up.
    }
    busy = false;
    if (wanted !== newest) renew();
  }

  // The person: what changed is told, and shown when they ask, so that nothing moves under their fingers.
  async function tell() {
    const seen = Number(shownVersion());
    if (Number(newest) <= seen) {
      nouveautes.replaceChildren();
      return;
    }
    const answer = await fetch(`${place.dataset.nouveautes}?depuis=${seen}`);
    if (!answer.ok) return;
    const html = await answer.text();
    if (seen !== Number(shownVersion()) || nouveautes.dataset.html === html) return;
    nouveautes.dataset.html = html;
    nouveautes.innerHTML = html;
    const form = place.querySelector(".direct-actions button").getAttribute("form");
    for (const button of nouveautes.querySelectorAll("[data-voir]")) button.setAttribute("form", form);
  }

  function shownVersion() {
    const etat = document.querySelector("main input[name=etat]");
    try {
      return JSON.parse(etat.value).page.split(".").pop();
    } catch {
      return newest;
    }
  }

  // The counsellor: each part is replaced, but one where something is being chosen.
  async function follow() {
    const here = document.querySelector("[data-version]");
    if (!here || here.dataset.version === newest) return;
    if (place.hasAttribute("data-entier")) {
      location.reload();
      return;
    }
    const answer = await fetch(location.pathname, { headers: { "HX-Request": "true" } });
    if (!answer.ok) {
      location.reload();
      return;
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const page = fresh.querySelector("#agir input[name=page]");
    const shown = document.querySelector("#agir input[name=page]");
    // The ranking was opened on another screen: more than the parts of this page comes with it.
    if (Boolean(page) !== Boolean(shown)) {
      location.reload();
      return;
    }
    if (page) shown.value = page.value;
    for (const part of fresh.querySelectorAll("[data-region]")) replace(part);
    announce(fresh.querySelector("#journal li"));
  }

  function replace(part) {
    const old = document.getElementById(part.id);
    const inUse = old?.hasAttribute("data-saisie") && part.hasAttribute("data-saisie") && old.querySelector("form");
    if (!old || inUse || old.innerHTML === part.innerHTML) return;
    const open = [...old.querySelectorAll("details[open][id]")].map((details) => details.id);
    const focus = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(part);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    window.htmx?.process(part);
    if (!focus) return;
    const same = focus.id ? document.getElementById(focus.id) : part.querySelector(`[name="${focus.name}"][value="${CSS.escape(focus.value ?? "")}"]`);
    same?.focus({ preventScroll: true });
  }

  function announce(line) {
    if (!annonces || !line) return;
    const paragraph = document.createElement("p");
    paragraph.textContent = line.lastElementChild.textContent;
    if (annonces.lastElementChild?.textContent !== paragraph.textContent) annonces.append(paragraph);
    while (annonces.children.length > 8) annonces.firstElementChild.remove();
  }
})();
