// Fills the verification panel: reads what the page shows, fetches the proofs from this origin, runs the verifier and says
// what came out. Without this script the page is complete but says nothing about itself.

import { compareFacts } from "./facts.js";
import { fill } from "./proofs.js";
import { MAX_ENTRIES, verifyHistory } from "./verifier.js";

const MEMORY = "provenance.log";
const PART = 1000;
const RETRIES = 6;
const RETRY_MS = 1000;

const lang = document.documentElement.lang === "zh" ? "zh" : "en";
const panel = document.getElementById("verify");
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
let texts = { panel: {}, check: {}, reason: {} };

const say = (section, key, fallback = key) => texts[section]?.[key]?.[lang === "zh" ? 1 : 0] ?? fallback;

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  made.append(...children);
  return made;
}

// ---- reading the page --------------------------------------------------------------------------------------------------

const textOf = (node) => node.textContent.trim();

function readEvent(item) {
  const shown = {
    item,
    sequence: Number(item.dataset.sequence),
    leaf: item.dataset.leaf ? Number(item.dataset.leaf) : null,
    facts: {},
    times: {},
    raw: null,
  };
  for (const node of item.querySelectorAll("[data-fact]")) {
    const fact = node.dataset.fact;
    if (fact === "event") {
      shown.raw = textOf(node);
    } else if (fact !== "placeName") {
      // A fact shown twice must say the same both times; joined, it will not compare equal.
      shown.facts[fact] = fact in shown.facts && shown.facts[fact] !== textOf(node) ? `${shown.facts[fact]} / ${textOf(node)}` : textOf(node);
    }
    if (node.dateTime) {
      shown.times[fact] = Date.parse(node.dateTime);
    }
  }
  return shown;
}

function readPage() {
  const story = document.querySelector("article.story");
  const all = (selector) => [...story.querySelectorAll(selector)];
  return {
    entity: { kind: story.dataset.kind, key: story.dataset.key },
    path: location.pathname,
    length: Number(panel.dataset.length),
    first: Number(panel.dataset.first),
    name: story.querySelector('[data-fact="name"]') ? textOf(story.querySelector('[data-fact="name"]')) : null,
    identifiers: all('[data-fact="identifier"]').map((n) => ({ ai: n.dataset.ai, text: textOf(n) })),
    ilmd: all('[data-fact="ilmd"]').map((n) => ({ member: n.dataset.member, text: textOf(n) })),
    state: Object.fromEntries(all('[data-fact^="state."]').map((n) => [n.dataset.fact, textOf(n)])),
    stops: all('.path [data-fact="stop"]').map(textOf),
    placeNames: all('[data-fact="placeName"]').map(textOf),
    origins: all("[data-origin]").map((n) => ({
      key: n.dataset.origin, relation: n.dataset.relation, depth: Number(n.dataset.depth), text: textOf(n.querySelector(".code")) })),
    events: all("#events > .event").map(readEvent),
  };
}

// ---- fetching the proofs -------------------------------------------------------------------------------------------------

async function fetchText(path) {
  const url = new URL(path, location.href);
  if (url.origin !== location.origin) {
    throw new Error(`${path} is on another origin.`);
  }
  const response = await fetch(url, { cache: "no-store", credentials: "omit", redirect: "error" });
  if (!response.ok) {
    throw new Error(`${url.pathname}: ${response.status}`);
  }
  return strictUtf8.decode(await response.arrayBuffer());
}

/** The whole journal against one checkpoint; read again from the start when the log moved on between two parts. */
async function fetchHistory(path) {
  for (let attempt = 0; ; attempt++) {
    let whole = null;
    for (;;) {
      const url = new URL(path, location.href);
      url.searchParams.set("from", String(whole?.entries.length ?? 0));
      url.searchParams.set("limit", String(PART));
      const part = JSON.parse(await fetchText(url.pathname + url.search));
      if (whole && (part.checkpoint !== whole.checkpoint || part.total !== whole.total)) {
        break;
      }
      whole = whole ? { ...whole, entries: [...whole.entries, ...part.entries] } : part;
      if (!Array.isArray(part.entries) || part.entries.length < PART || whole.entries.length >= Math.min(whole.total, MAX_ENTRIES)) {
        return whole;
      }
    }
    if (attempt === 3) {
      throw new Error("The log moved on while its history was read.");
    }
  }
}

function recall() {
  try {
    const memory = JSON.parse(localStorage.getItem(MEMORY));
    return memory && typeof memory.vkey === "string" ? memory : null;
  } catch {
    return null;
  }
}

function keep(memory) {
  try {
    localStorage.setItem(MEMORY, JSON.stringify(memory));
  } catch {
    // A browser that keeps nothing checks every visit as the first.
  }
}

// ---- saying what came out --------------------------------------------------------------------------------------------------

function show(state, title, text) {
  panel.dataset.state = state;
  document.getElementById("verdict").textContent = title;
  document.getElementById("verdict-text").textContent = text;
}

function reasonOf(check) {
  const template = lang === "zh" ? texts.reason?.[check.code]?.[1] : null;
  const reason = template ? fill(template, check.args) : check.reason;
  return check.sequence === undefined || check.sequence === null ? reason : `#${check.sequence}: ${reason}`;
}

function checkRow(check) {
  const row = element("li", `check ${check.status}`);
  row.dataset.check = check.id;
  row.dataset.code = check.code;
  row.append(
    element("span", "outcome", say("panel", check.status)),
    element("strong", "", say("check", check.id)),
    element("span", "reason", reasonOf(check)));
  return row;
}

function showChecks(report, key) {
  const box = document.getElementById("checked");
  box.replaceChildren();
  const failed = report.checks.filter((c) => c.status === "fail");
  if (failed.length > 0) {
    box.append(element("h3", "", say("panel", "failed")), element("ul", "checks", ...failed.map(checkRow)));
  }
  const details = element("details", "", element("summary", "", say("panel", "details")));
  details.append(element("ul", "checks", ...report.checks.filter((c) => c.status !== "fail").map(checkRow)));
  if (key) {
    const groups = key.fingerprint.match(/.{1,4}/g).join(" ");
    details.append(element("p", "fingerprint", `${say("panel", "fingerprint")} (SHA-256): `, element("code", "", groups)));
  }
  details.append(element("p", "fingerprint", say("panel", "scriptNote")));
  box.append(details);
}

function markEvents(page, { entries, report }) {
  for (const shown of page.events) {
    const entry = entries[shown.sequence];
    const state = !entry ? (shown.leaf === null ? "wait" : report.failed("facts") ? "bad" : "unknown") : !entry.sound ? "bad" : entry.event ? "ok" : "unknown";
    const label = say("panel", { ok: "eventOk", bad: "eventBad", wait: "eventWait", unknown: "eventUnknown" }[state]);
    shown.item.dataset.verified = state;
    const line = shown.item.querySelector(".sealed");
    if (entry?.sound && shown.leaf === null) {
      line.textContent = fill(texts.page.sealedAs[lang === "zh" ? 1 : 0], { 0: entry.leafIndex });
    }
    const mark = shown.item.querySelector(".verified") ?? line.insertAdjacentElement("afterend", element("span", "verified"));
    mark.textContent = label;
  }
}

function conclude(page, result) {
  const { report, entries, key, remember } = result;
  const verdict = report.verdict();
  const sealed = entries.length;
  const numbers = { entries: sealed, sealed, total: page.length, count: sealed - page.length };
  const state = verdict === "ok" && (sealed < page.length || sealed === 0) ? "pending" : verdict === "ok" && sealed > page.length ? "newer" : verdict;
  const title = say("panel", state === "newer" ? "ok" : state);
  const text = state === "newer" ? say("panel", "newer") : say("panel", `${state}Text`);
  show(state === "newer" ? "pending" : state, title, fill(text, numbers));
  showChecks(report, key);
  markEvents(page, result);
  if (state === "newer") {
    const link = element("a", "button", say("panel", "reload"));
    link.href = location.href;
    document.getElementById("checked").prepend(link);
  }
  if (verdict === "ok" && remember) {
    keep(remember);
  }
  return state;
}

async function run(page) {
  const { history, checkpoint, vkey } = panel.dataset;
  let given;
  try {
    const [keyText, published, journal] = await Promise.all([
      fetchText(vkey), checkpoint ? fetchText(checkpoint) : null, fetchHistory(history)]);
    given = { vkey: keyText, history: journal, published, entity: page.entity, memory: recall() };
  } catch (error) {
    // Nothing is sealed yet on a new log, so there is nothing to fetch either.
    const waiting = page.events.every((e) => e.leaf === null);
    show(waiting ? "pending" : "unknown", say("panel", waiting ? "pending" : "unreachable"),
      waiting ? fill(say("panel", "pendingText"), { sealed: 0, total: page.length }) : `${say("panel", "unreachableText")} (${error.message})`);
    return waiting ? "pending" : "unreachable";
  }
  const result = await verifyHistory(given);
  if (result.checkpoint && !result.report.failed("history")) {
    compareFacts(result.report, result.entries, page, texts, lang);
  }
  return conclude(page, result);
}

async function main() {
  try {
    texts = JSON.parse(await fetchText(new URL("texts.json", import.meta.url).pathname));
    show("running", say("panel", "running"), say("panel", "runningText"));
    const page = readPage();
    let state = await run(page);
    for (let i = 0; state === "pending" && i < RETRIES; i++) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      state = await run(page);
    }
  } catch (error) {
    show("unknown", say("panel", "unknown", "Not checked by this browser"), String(error?.message ?? error));
  }
  panel.dataset.done = "true";
}

await main();
