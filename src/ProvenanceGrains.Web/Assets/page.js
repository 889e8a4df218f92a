// Fills the verification panel: reads what the page shows, fetches the proofs from this origin, runs the verifier and says
// what came out. Without this script the page is complete but says nothing about itself.

import { fill } from "./bytes.js";
import { compareAbsence, compareFacts } from "./facts.js";
import { fetchJournal, fetchText, keep, recall } from "./fetching.js";
import { timeText } from "./shown.js";
import { verifyBundle, verifyHistory } from "./verifier.js";

const RETRIES = 6;
const RETRY_MS = 1000;

const lang = document.documentElement.lang === "zh" ? "zh" : "en";
const panel = document.getElementById("verify");
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
  if (!story) {
    return { entity: { kind: panel.dataset.kind, key: panel.dataset.key }, path: location.pathname, length: 0, events: [], isAbsence: true };
  }
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

// ---- saying what came out --------------------------------------------------------------------------------------------------

function show(state, title, text, extent = "") {
  panel.dataset.state = state;
  document.getElementById("verdict").textContent = title;
  document.getElementById("extent").textContent = extent;
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

/** How far the proof reaches, in a sentence: as of when, and who else saw the same log. */
function extentText({ extent, asOf, witnesses }) {
  const names = { complete: "complete", absent: "absentAsOf" };
  if (!names[extent] || asOf === null || !witnesses) {
    return "";
  }
  const { asked, cosigned } = witnesses;
  return fill(say("panel", names[extent] + (asked.length > 0 ? "" : "Alone")), {
    time: timeText(asOf, null, lang), cosigned: cosigned.length, asked: asked.length });
}

/** The panel's state from the checks' verdict: green only for a whole history that the page shows whole. */
function stateOf(page, { report, entries, extent }) {
  const verdict = report.verdict();
  if (verdict !== "ok") {
    return verdict === "unknown" && report.checks.some((c) => c.code === "stale") ? "stale" : verdict;
  }
  if (page.isAbsence) {
    return extent === "absent" ? "absent" : "unknown";
  }
  return entries.length < page.length || entries.length === 0 ? "pending"
    : extent !== "complete" ? "incomplete"
    : entries.length > page.length ? "newer" : "ok";
}

/** Whether nothing is wrong but the log as a whole, compared with what else was seen of it. */
function isLogAlone(report) {
  return report.checks.every((c) => c.status !== "fail" || ["key-memory", "checkpoint-memory", "published-checkpoint"].includes(c.id));
}

/** Where the log is the second or a later incarnation, an absence is told of it alone. */
const absentText = (key) => fill(say("panel", "absentText"), { key: panel.dataset.key })
  + (/\/i([2-9]|[1-9][0-9]{1,3})$/.test(key.name) ? ` ${say("panel", "absentHere")}` : "");

function conclude(page, result) {
  const { report, entries, key, remember, missing } = result;
  const state = stateOf(page, result);
  const text = state === "incomplete" && missing === null ? "unprovenText" : state === "bad" && isLogAlone(report) ? "badLogText" : state === "newer" ? "newer" : `${state}Text`;
  const sealed = entries.length;
  show(
    { newer: "pending", incomplete: "unknown", stale: "unknown" }[state] ?? state,
    say("panel", state === "newer" ? "ok" : state),
    state === "absent" ? absentText(key) : fill(say("panel", text), { entries: sealed, sealed, total: page.length, count: sealed - page.length, missing, key: page.entity.key }),
    report.verdict() === "ok" ? extentText(result) : "");
  showChecks(report, key);
  markEvents(page, result);
  if (state === "newer") {
    const link = element("a", "button", say("panel", "reload"));
    link.href = location.href;
    document.getElementById("checked").prepend(link);
  }
  if (report.verdict() === "ok" && remember) {
    keep(remember);
  }
  return state;
}

async function run(page) {
  const { bundle, history, checkpoint, vkey, policy } = panel.dataset;
  let given;
  try {
    const [keyText, policyText, published] = await Promise.all([
      fetchText(vkey), policy ? fetchText(policy, [404]) : null, checkpoint ? fetchText(checkpoint) : null]);
    // After the checkpoint: what proves less than that one covers is old.
    const journal = await fetchJournal(bundle, history);
    given = { vkey: keyText, policy: policyText, ...journal, published, entity: page.entity, memory: recall() };
  } catch (error) {
    // Nothing is sealed yet on a new log, so there is nothing to fetch either.
    const waiting = !page.isAbsence && page.events.every((e) => e.leaf === null);
    show(waiting ? "pending" : "unknown", say("panel", waiting ? "pending" : "unreachable"),
      waiting ? fill(say("panel", "pendingText"), { sealed: 0, total: page.length }) : `${say("panel", "unreachableText")} (${error.message})`);
    return waiting ? "pending" : "unreachable";
  }
  const result = await ("bundle" in given ? verifyBundle(given) : verifyHistory(given));
  if (page.isAbsence) {
    compareAbsence(result, page);
  } else if (result.checkpoint) {
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
    for (let i = 0; (state === "pending" || state === "stale") && i < RETRIES; i++) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      state = await run(page);
    }
  } catch (error) {
    show("unknown", say("panel", "unknown", "Not checked by this browser"), String(error?.message ?? error));
  }
  panel.dataset.done = "true";
}

await main();
