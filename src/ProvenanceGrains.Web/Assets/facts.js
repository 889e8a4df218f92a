// Compares what the page shows, as text, with what the verified contents say. A page that shows something else than what is
// proven must not stay green, so every fact is written out again here from the proven bytes and compared to the character.

import { Refusal } from "./bytes.js";
import { parsePair } from "./proofs.js";
import { canonicalKey, expectedFacts, safeDecode, sameJson, timeText } from "./shown.js";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** The event inside a verified content group, or null when the group is withheld or holds something else. */
function readEvent(contents) {
  try {
    const event = JSON.parse(strictUtf8.decode(contents[4]));
    return event && typeof event === "object" && typeof event.type === "string" ? event : null;
  } catch {
    return null;
  }
}

/** The entity's role in a verified record, or null when that group is withheld or holds something else. */
function readRole(contents) {
  try {
    return parsePair(contents[2])[1];
  } catch {
    return null;
  }
}

/** Facts that an event always shows when it has them; the others depend on the layout. */
const REQUIRED = ["type", "action", "bizStep", "disposition", "readPoint", "bizLocation", "sensor", "eventTime", "made"];

function wrong(fact, shown, proven) {
  return new Refusal("fact", "The page shows “{shown}” for {fact}; the record says “{proven}”.", {
    fact, shown: shown ?? "–", proven: proven ?? "–" });
}

/** One event of the page against its record. Throws a Refusal; returns false when the record's content is withheld. */
function compareEvent(shown, entry, texts, lang) {
  if (shown.leaf !== null && shown.leaf !== entry.leafIndex) {
    throw wrong("leafIndex", shown.leaf, entry.leafIndex);
  }
  if (shown.times.recordTime !== undefined && (
    shown.times.recordTime !== entry.header.timeMs || shown.facts.recordTime !== timeText(entry.header.timeMs, null, lang))) {
    throw wrong("recordTime", shown.facts.recordTime, timeText(entry.header.timeMs, null, lang));
  }
  if (!entry.event) {
    return false;
  }
  const expected = expectedFacts(entry.event, texts, lang, entry.role);
  if (entry.role === null) {
    ["role", "made", "madeName"].forEach((fact) => delete expected[fact]);
  }
  for (const [fact, proven] of Object.entries(expected)) {
    const text = shown.facts[fact] ?? null;
    if (text !== proven && (text !== null || REQUIRED.includes(fact))) {
      throw wrong(fact, text, proven);
    }
  }
  if (shown.times.eventTime !== Date.parse(entry.event.eventTime)) {
    throw wrong("eventTime", shown.times.eventTime, entry.event.eventTime);
  }
  if (entry.event.eventID !== undefined && shown.facts.eventID !== entry.event.eventID) {
    throw wrong("eventID", shown.facts.eventID, entry.event.eventID);
  }
  if (shown.raw !== null) {
    compareRaw(shown.raw, entry.event);
  }
  return true;
}

function compareRaw(text, event) {
  let raw;
  try {
    raw = JSON.parse(text);
  } catch {
    throw wrong("event", text.slice(0, 80), JSON.stringify(event).slice(0, 80));
  }
  // The server adds these two to an event that came without them.
  for (const added of ["eventID", "recordTime"]) {
    if (event[added] === undefined) {
      delete raw[added];
    }
  }
  const member = [...new Set([...Object.keys(raw), ...Object.keys(event)])].find((k) => !sameJson(raw[k], event[k]));
  if (member !== undefined) {
    throw wrong(member, JSON.stringify(raw[member])?.slice(0, 200), JSON.stringify(event[member])?.slice(0, 200));
  }
}

/** A page that says that nothing was ever recorded: of the very key in the address, and proven by the log itself. */
export function compareAbsence({ report, entries, extent, missing }, page) {
  const asked = canonicalKey(`https://${location.host}${page.path}`);
  if (asked !== null && safeDecode(asked) === safeDecode(page.entity.key)) {
    report.pass("address", "address-same", "{key}", { key: page.entity.key });
  } else {
    report.skip("address", "address-other", "The address is spelt otherwise than {key}: compare it with the label.", { key: page.entity.key });
  }
  const count = entries.length + (missing ?? 0);
  if (count > 0) {
    report.fail("absence", new Refusal("recorded", "This page says that nothing was recorded, but the log holds {count} records.", { count }));
  } else if (extent === "absent") {
    report.pass("absence", "never-recorded", "The log proves it: its map of all journals has none of {key}.", { key: page.entity.key });
  } else {
    report.skip("absence", "absence-unproven", "Nothing proves that nothing was recorded.");
  }
}

/** Compares the whole page. `page` is what page.js read from the document; see there. */
export function compareFacts(report, entries, page, texts, lang) {
  for (const entry of entries) {
    entry.event = entry.contents ? readEvent(entry.contents) : null;
    entry.role = entry.contents ? readRole(entry.contents) : null;
    entry.shown = false;
  }
  compareEvents(report, entries, page, texts, lang);
  const told = entries.filter((e) => e.event);
  const events = told.map((e) => e.event);
  const strings = new Set();
  events.forEach((event) => collectStrings(event, strings, 0));
  if (page.events.some((shown) => shown.leaf === null && !entries[shown.sequence])) {
    // What the page says of the whole may come from the record that is not sealed yet.
    report.skip("state", "not-sealed-yet", "The latest record is not sealed yet: compared as soon as it is.", {}, true);
  } else {
    compareState(report, told, page, texts, lang);
    compareProduct(report, events, strings, page);
    compareOrigins(report, events, page);
  }
  compareAddress(report, page);
  const unknown = [...new Set(page.placeNames)].filter((name) => !strings.has(name));
  if (unknown.length > 0) {
    report.skip("places", "names-elsewhere", "Not in the records, so from master data: {names}.", { names: unknown.join(", ") }, true);
  } else if (page.placeNames.length > 0) {
    report.pass("places", "names-found", "Every name of a place stands in a verified record.");
  }
}

function compareEvents(report, entries, page, texts, lang) {
  let compared = 0;
  let withheld = 0;
  for (const shown of page.events) {
    const entry = entries[shown.sequence];
    try {
      if (!entry) {
        if (shown.leaf !== null) {
          throw new Refusal("not-in-history", "The page shows record {sequence} as sealed, but the history does not have it.", { sequence: shown.sequence });
        }
        continue;
      }
      if (entry.shown) {
        throw new Refusal("shown-twice", "The page shows record {sequence} twice.", { sequence: shown.sequence });
      }
      entry.shown = true;
      if (entry.header) {
        compareEvent(shown, entry, texts, lang) ? compared++ : withheld++;
      }
    } catch (error) {
      if (entry) {
        entry.sound = false;
      }
      report.fail("facts", error, shown.sequence);
    }
  }
  const last = Math.max(-1, ...page.events.map((e) => e.sequence));
  const hidden = entries.filter((e) => e.sequence >= page.first && e.sequence <= last && !e.shown).map((e) => e.sequence);
  if (hidden.length > 0) {
    report.fail("facts", new Refusal("hidden", "The page leaves out record {sequence}.", { sequence: hidden.join(", ") }));
  }
  compareStops(report, entries, page, texts, lang);
  if (page.first > 0) {
    // Said on the page in words; all the same the records before are verified, only not compared with anything.
    report.skip("facts", "later-only", "The page shows the records from {first} on; those before were verified but are not shown.", { first: page.first }, true);
  }
  if (withheld > 0) {
    report.skip("facts", "withheld", "The contents of {count} records are withheld or erased: what the page shows of them cannot be compared.", { count: withheld });
  } else if (!report.failed("facts")) {
    report.pass("facts", "facts-same", "{count} records: step, condition, place, time, event ID and the recorded data are what was sealed.", { count: compared });
  }
}

/** The route: the places of the records in their order, each named once for a stay. */
function compareStops(report, entries, page, texts, lang) {
  if (page.events.some((e) => !entries[e.sequence]?.event)) {
    return;
  }
  const stops = [];
  for (const shown of page.events) {
    const { stop } = expectedFacts(entries[shown.sequence].event, texts, lang);
    if (stop !== null && stop !== stops[stops.length - 1]) {
      stops.push(stop);
    }
  }
  const at = [...page.stops, ...stops].findIndex((_, i) => page.stops[i] !== stops[i]);
  if (at >= 0) {
    report.fail("facts", wrong("route", page.stops[at], stops[at]));
  }
}

/** Stands for an identifier in a scheme that this verifier does not respell: neither right nor wrong. */
const UNREAD = Symbol("unread");

/** The values that the state can have: those of the record that is last by number, or last by time. */
function latest(events, pick) {
  const said = events.map((e) => [Date.parse(e.eventTime), pick(e)]).filter(([, value]) => value !== undefined && value !== null);
  const byTime = said.reduce((best, one) => (best === null || one[0] >= best[0] ? one : best), null);
  return said.length === 0 ? [] : [said[said.length - 1][1], byTime[1]];
}

/** What a record says of where the product stands. A transformation's step, condition and next place are those of its outputs. */
function stateFacts({ event, role }, texts, lang) {
  const facts = expectedFacts(event, texts, lang, role);
  return role === "input" ? { ...facts, bizStep: null, disposition: null, bizLocation: null, stop: facts.readPoint } : facts;
}

function compareState(report, told, page, texts, lang) {
  const withText = told.map((entry) => ({
    eventTime: entry.event.eventTime,
    facts: stateFacts(entry, texts, lang),
    parent: entry.event.parentID && (canonicalKey(entry.event.parentID) ?? UNREAD),
  }));
  const allowed = {
    "state.bizStep": latest(withText, (e) => e.facts.bizStep),
    "state.disposition": latest(withText, (e) => e.facts.disposition),
    "state.location": [...latest(withText, (e) => e.facts.bizLocation), ...latest(withText, (e) => e.facts.readPoint), ...latest(withText, (e) => e.facts.stop)],
    "state.lastSeen": latest(withText, (e) => e.facts.eventTime),
    "state.parent": latest(withText, (e) => e.parent),
  };
  if (told.length === 0) {
    return;
  }
  let sound = true;
  for (const [fact, values] of Object.entries(allowed)) {
    const shown = page.state[fact];
    if (shown !== undefined && !values.includes(shown) && !values.includes(UNREAD)) {
      sound = false;
      report.fail("state", wrong(fact, shown, values[0]));
    }
  }
  if (sound) {
    report.pass("state", "state-follows", "It is what the latest records say.");
  }
}

function collectStrings(value, strings, depth) {
  if (typeof value === "string") {
    strings.add(value);
  } else if (value && typeof value === "object" && depth < 100) {
    Object.values(value).forEach((v) => collectStrings(v, strings, depth + 1));
  }
}

function compareProduct(report, events, strings, page) {
  const key = page.entity.key.split("/");
  const badId = page.identifiers.find(({ ai, text }) => !key.some((part, i) => i % 2 === 0 && part === ai && safeDecode(key[i + 1]) === text));
  if (badId) {
    report.fail("product", wrong(badId.ai, badId.text, page.entity.key));
    return;
  }
  const details = page.ilmd.filter(({ member, text }) => !events.some((e) => e.ilmd && Object.hasOwn(e.ilmd, member) && sameText(e.ilmd[member], text)));
  for (const { member, text } of details) {
    const said = events.map((e) => e.ilmd?.[member]).find((v) => v !== undefined);
    if (said !== undefined) {
      report.fail("product", wrong(member, text, typeof said === "string" ? said : JSON.stringify(said)));
      return;
    }
  }
  const unproven = details.map(({ member }) => member);
  if (page.name !== null && !strings.has(page.name)) {
    unproven.unshift(page.name);
  }
  if (unproven.length > 0) {
    report.skip("product", "names-elsewhere", "Not in the records, so from master data: {names}.", { names: unproven.join(", ") }, true);
  } else {
    report.pass("product", "product-same", "Number, name and details stand in the verified records.");
  }
}

function sameText(value, text) {
  if (typeof value === "string") {
    return value.trim() === text;
  }
  try {
    return sameJson(JSON.parse(text), value);
  } catch {
    return false;
  }
}

/** Inputs that the transformations among the records name, in canonical spelling. */
function inputsOf(events) {
  const ids = events.filter((e) => e.type === "TransformationEvent").flatMap((e) => [
    ...(Array.isArray(e.inputEPCList) ? e.inputEPCList : []),
    ...(Array.isArray(e.inputQuantityList) ? e.inputQuantityList.map((q) => q?.epcClass) : []),
  ]);
  return ids.map((id) => canonicalKey(id));
}

function compareOrigins(report, events, page) {
  const direct = page.origins.filter((o) => o.depth === 1 && o.relation === "input");
  if (page.origins.length === 0) {
    return;
  }
  const inputs = inputsOf(events);
  const normal = (key) => safeDecode(key);
  const foreign = direct.find((o) => o.text !== o.key || !inputs.some((key) => key !== null && normal(key) === normal(o.key)));
  if (foreign && (foreign.text !== foreign.key || !inputs.includes(null))) {
    report.fail("origins", new Refusal("origin-foreign", "The page names {key} as an origin; no verified record does.", { key: foreign.text }));
    return;
  }
  if (direct.length === 0 || foreign) {
    report.skip("origins", "origins-elsewhere", "The origins stand in the records of other products: open them to check those.", {}, true);
    return;
  }
  report.pass("origins", "origins-named", "{count} direct origins are inputs of a verified record. Earlier ones: open them to check their own records.", { count: direct.length });
}

function compareAddress(report, page) {
  const path = safeDecode(page.path);
  if (path.endsWith("/" + safeDecode(page.entity.key))) {
    report.pass("address", "address-same", "{key}", { key: page.entity.key });
  } else {
    report.skip("address", "address-other", "The address is spelt otherwise than {key}: compare it with the label.", { key: page.entity.key }, true);
  }
}
