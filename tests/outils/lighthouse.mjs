// Lighthouse on the states of a site: `node lighthouse.mjs URL < states.json`, where a state is {nom, chemin, data}.
// A state without data is loaded by its address; the others by the form that leads there, sent from the welcome page.
// Prints, for each: the scores of the two categories, and the audits below the maximum.
import lighthouse, { startFlow } from "lighthouse";
import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";

const site = process.argv[2];
const etats = JSON.parse(readFileSync(0, "utf8"));
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
// Nothing of these two categories depends on the speed of the line, nor on a page being long at rest.
const FLAGS = {
  onlyCategories: ["accessibility", "best-practices"], throttlingMethod: "provided", disableStorageReset: true,
  disableFullPageScreenshot: true, pauseAfterLoadMs: 0, pauseAfterFcpMs: 0, networkQuietThresholdMs: 200,
  cpuQuietThresholdMs: 200,
};

function submit([action, data]) {
  const form = Object.assign(document.createElement("form"), { method: "post", action });
  const fields = Object.entries(data).flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
  for (const [name, value] of fields) {
    form.append(Object.assign(document.createElement("textarea"), { name, value }));
  }
  document.body.append(form);
  form.submit();
}

async function judge(browser, { chemin, data }) {
  const page = await browser.newPage();
  try {
    if (!data) return (await lighthouse(site + chemin, FLAGS, undefined, page)).lhr;
    await page.goto(`${site}/`);
    const flow = await startFlow(page, { flags: FLAGS });
    await flow.navigate(() => page.evaluate(submit, [chemin, data]));
    return (await flow.createFlowResult()).steps[0].lhr;
  } finally {
    await page.close();
  }
}

const browser = await puppeteer.launch({ executablePath: "/usr/bin/chromium", headless: true, args: ARGS });
const report = {};
for (const etat of etats) {
  const { categories, audits, runtimeError } = await judge(browser, etat);
  const used = Object.values(categories).flatMap((category) => category.auditRefs)
    .filter((ref) => ref.weight > 0).map((ref) => audits[ref.id]);
  report[etat.nom] = {
    erreur: runtimeError?.message ?? null,
    notes: Object.fromEntries(Object.values(categories).map((category) => [category.id, category.score])),
    fautes: used.filter((audit) => audit.score !== null && audit.score < 1).map((audit) => `${audit.id} : ${
      (audit.details?.items ?? []).map((item) => item.node?.snippet ?? item.description ?? item.url ?? "").join(" | ")}`),
  };
}
await browser.close();
console.log(JSON.stringify(report));
