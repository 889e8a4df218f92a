// Compares what the page shows, as text, with what the verified contents say. A page that shows something else than what is
// proven must not stay green, so every fact is written out again here from the proven bytes and compared to the character.

import { Refusal } from "./proofs.js";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// ---- writing facts as the page writes them --------------------------------------------------------------------------

/** The bare term of the Core Business Vocabulary, from its URN, its web address or itself. */
export function bareTerm(value) {
  const match = /^(?:urn:epcglobal:cbv:(?:bizstep|disp):|https?:\/\/(?:ref\.gs1\.org|ns\.gs1\.org)\/cbv\/(?:BizStep|Disp)-|cbv:(?:BizStep|Disp)-)(.+)$/.exec(value);
  return match ? match[1] : value;
}

/** The last digit of a GS1 key (GS1 General Specifications 7.9). */
export function checkDigit(digits) {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    sum += Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 3 : 1);
  }
  return String((10 - (sum % 10)) % 10);
}

const PRIMARY = new Set(["00", "01", "253", "255", "401", "402", "414", "417", "8003", "8004", "8006", "8010", "8013", "8017", "8018"]);

/** One spelling for one identifier, e.g. `01/09506000134352/21/17`, from an EPC URN or a Digital Link. Null if unknown. */
export function canonicalKey(id) {
  if (typeof id !== "string") {
    return null;
  }
  const urn = /^urn:epc:(?:id|class|idpat):([a-z]+):(.+)$/.exec(id);
  if (urn) {
    return fromUrn(urn[1], urn[2].split("."));
  }
  const link = /^https?:\/\/[^/?#]+\/([^?#]*)$/.exec(id);
  const segments = link ? link[1].split("/") : [];
  const start = segments.findIndex((s, i) => PRIMARY.has(s) && (segments.length - i) % 2 === 0);
  if (start < 0) {
    return null;
  }
  const key = segments.slice(start);
  if (key[0] === "01") {
    key[1] = key[1].padStart(14, "0");
  }
  return key.join("/");
}

function fromUrn(scheme, [company, reference, ...rest]) {
  const serial = encodeURIComponent(safeDecode(rest.join("."))).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
  if (!/^\d+$/.test(company ?? "") || !/^\d*$/.test(reference ?? "x")) {
    return null;
  }
  const whole = (digits) => digits + checkDigit(digits);
  switch (scheme) {
    case "sgtin":
    case "lgtin": {
      const gtin = "01/" + whole(reference[0] + company + reference.slice(1));
      return rest.join(".") === "*" ? gtin : `${gtin}/${scheme === "sgtin" ? "21" : "10"}/${serial}`;
    }
    case "sscc":
      return "00/" + whole(reference[0] + company + reference.slice(1));
    case "sgln":
      return "414/" + whole(company + reference) + (rest.join(".") === "0" ? "" : `/254/${serial}`);
    default:
      return null;
  }
}

function safeDecode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A place as the page writes it: its location number or position, else the identifier itself. */
export function placeText(id) {
  if (id.startsWith("geo:")) {
    return id.slice(4).replaceAll(",", ", ");
  }
  const key = canonicalKey(id);
  return key?.startsWith("414/") ? "GLN " + key.slice(4).replace("/254/", " · ") : id;
}

/** The numbers in an event's sensor reports, each once, as the page writes them. */
export function sensorTexts(event, term) {
  const list = (parent, name) => (Array.isArray(parent?.[name]) ? parent[name].filter((x) => x && typeof x === "object" && !Array.isArray(x)) : []);
  const number = (value) => (typeof value === "number" && (value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e15)) ? String(value) : null);
  const texts = list(event, "sensorElementList").flatMap((element) => list(element, "sensorReport")).map((report) => {
    const [low, high] = [number(report.minValue), number(report.maxValue)];
    const amount = number(report.value) ?? (low !== null && high !== null ? `${low}–${high}` : number(report.meanValue));
    if (typeof report.type !== "string" || amount === null) {
      return null;
    }
    const unit = typeof report.uom === "string" ? " " + term("unit", report.uom) : "";
    return `${term("measure", report.type.replace(/^.*[:/]/s, ""))} ${amount}${unit}`.trim();
  });
  return [...new Set(texts.filter((text) => text !== null))].slice(0, 6);
}

/** Minutes of `+hh:mm`; 0 for anything else. */
function offsetMinutes(text) {
  const match = /^([+-])(\d\d):(\d\d)$/.exec(text ?? "");
  return match ? (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) : 0;
}

export function timeText(ms, offset, lang) {
  const minutes = offsetMinutes(offset);
  const local = new Date(ms + minutes * 60000);
  const two = (n) => String(n).padStart(2, "0");
  const clock = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}`;
  const size = Math.abs(minutes);
  const zone = minutes === 0 ? "UTC" : `UTC${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return lang === "zh"
    ? `${local.getUTCFullYear()}年${local.getUTCMonth() + 1}月${local.getUTCDate()}日 ${clock} ${zone}`
    : `${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()}, ${clock} ${zone}`;
}

/** Equality of JSON values; the order of an object's members does not matter. */
export function sameJson(a, b) {
  if (a === b) {
    return true;
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) {
    return false;
  }
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => Object.hasOwn(b, k) && sameJson(a[k], b[k]));
}

// ---- comparing --------------------------------------------------------------------------------------------------------

const idOf = (value) => (typeof value === "string" ? value : value?.id);

/** The event inside a verified content group, or null when the group is withheld or holds something else. */
function readEvent(contents) {
  try {
    const event = JSON.parse(strictUtf8.decode(contents[4]));
    return event && typeof event === "object" && typeof event.type === "string" ? event : null;
  } catch {
    return null;
  }
}

/** What the page must show for an event: fact name to text, or null where it must show nothing. */
export function expectedFacts(event, texts, lang) {
  const term = (section, value) => texts[section]?.[value]?.[lang === "zh" ? 1 : 0] ?? value;
  const labelled = (section, value) => (value === undefined || value === null ? null : term(section, bareTerm(value)));
  const place = (value) => (idOf(value) ? placeText(idOf(value)) : null);
  const time = Date.parse(event.eventTime);
  return {
    type: event.type,
    typeLabel: term("type", event.type),
    action: labelled("action", event.action),
    bizStep: labelled("bizStep", event.bizStep),
    disposition: labelled("disposition", event.disposition),
    readPoint: place(event.readPoint),
    bizLocation: place(event.bizLocation),
    stop: place(event.readPoint) ?? place(event.bizLocation),
    sensor: sensorTexts(event, term).join(" / ") || null,
    eventTime: Number.isNaN(time) ? null : timeText(time, event.eventTimeZoneOffset, lang),
  };
}

/** Facts that an event always shows when it has them; the others depend on the layout. */
const REQUIRED = ["type", "action", "bizStep", "disposition", "readPoint", "bizLocation", "sensor", "eventTime"];

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
  const expected = expectedFacts(entry.event, texts, lang);
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

/** Compares the whole page. `page` is what page.js read from the document; see there. */
export function compareFacts(report, entries, page, texts, lang) {
  for (const entry of entries) {
    entry.event = entry.contents ? readEvent(entry.contents) : null;
    entry.shown = false;
  }
  compareEvents(report, entries, page, texts, lang);
  const events = entries.filter((e) => e.event).map((e) => e.event);
  const strings = new Set();
  events.forEach((event) => collectStrings(event, strings, 0));
  if (page.events.some((shown) => shown.leaf === null && !entries[shown.sequence])) {
    // What the page says of the whole may come from the record that is not sealed yet.
    report.skip("state", "not-sealed-yet", "The latest record is not sealed yet: compared as soon as it is.", {}, true);
  } else {
    compareState(report, events, page, texts, lang);
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
  const hidden = entries.filter((e) => e.sequence <= last && !e.shown).map((e) => e.sequence);
  if (hidden.length > 0) {
    report.fail("facts", new Refusal("hidden", "The page leaves out record {sequence}.", { sequence: hidden.join(", ") }));
  }
  compareStops(report, entries, page, texts, lang);
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

/** The values that the state can have: those of the record that is last by number, or last by time. */
function latest(events, pick) {
  const said = events.map((e) => [Date.parse(e.eventTime), pick(e)]).filter(([, value]) => value !== undefined && value !== null);
  const byTime = said.reduce((best, one) => (best === null || one[0] >= best[0] ? one : best), null);
  return said.length === 0 ? [] : [said[said.length - 1][1], byTime[1]];
}

function compareState(report, events, page, texts, lang) {
  const all = events.map((e) => expectedFacts(e, texts, lang));
  const withText = events.map((e, i) => ({ eventTime: e.eventTime, facts: all[i], parent: canonicalKey(e.parentID) ?? e.parentID }));
  const allowed = {
    "state.bizStep": latest(withText, (e) => e.facts.bizStep),
    "state.disposition": latest(withText, (e) => e.facts.disposition),
    "state.location": [...latest(withText, (e) => e.facts.bizLocation), ...latest(withText, (e) => e.facts.readPoint), ...latest(withText, (e) => e.facts.stop)],
    "state.lastSeen": latest(withText, (e) => e.facts.eventTime),
    "state.parent": latest(withText, (e) => e.parent),
  };
  if (events.length === 0) {
    return;
  }
  let sound = true;
  for (const [fact, values] of Object.entries(allowed)) {
    const shown = page.state[fact];
    if (shown !== undefined && !values.includes(shown)) {
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
