// The copy button of the interview sheet. Without this file, the text is selected and copied by hand.
"use strict";

for (const button of document.querySelectorAll("[data-copier]")) {
  const field = document.getElementById(button.dataset.copier);
  const told = button.parentElement.querySelector("[data-copie]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    // Without https a browser offers no clipboard: the text is selected instead.
    try {
      await navigator.clipboard.writeText(field.value);
      told.textContent = "Le texte est copié.";
    } catch {
      field.select();
      told.textContent = "Le texte est sélectionné : copiez-le avec Ctrl + C.";
    }
  });
}
