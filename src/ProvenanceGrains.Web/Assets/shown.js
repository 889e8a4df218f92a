// Facts as the page writes them. The server wrote them once from what it knows; this writes them again from the proven bytes,
// by its own code, so that facts.js can compare the two to the character.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

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

export function safeDecode(text) {
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

const idOf = (value) => (typeof value === "string" ? value : value?.id);

/** What a transformation made, as the page of one of its inputs writes it: the outputs, or of many their number. */
function madeText(event, texts, lang) {
  const list = (name) => (Array.isArray(event[name]) ? event[name] : []);
  const ids = [...new Set([...list("outputEPCList"), ...list("outputQuantityList").map((q) => q?.epcClass)].filter((id) => typeof id === "string"))];
  if (ids.length > 3) {
    return texts.page.madeCount[lang === "zh" ? 1 : 0].replace("{0}", String(ids.length));
  }
  return ids.map((id) => (id.startsWith("https://id.gs1.org/") ? id.slice(19) : id).trim()).join(" / ") || null;
}

/** The name in the event's master data, which are those of the outputs. */
function madeName(event) {
  const ilmd = event.ilmd && typeof event.ilmd === "object" ? Object.entries(event.ilmd) : [];
  const named = ilmd.find(([name, value]) => /(?:^|[:/#])descriptionShort$/.test(name) && typeof value === "string" && value.trim() !== "");
  return named && madeText(event, { page: { madeCount: ["-", "-"] } }, "en") !== null ? named[1].trim() : null;
}

/** What the page must show for an event: fact name to text, or null where it must show nothing. */
export function expectedFacts(event, texts, lang, role = null) {
  const term = (section, value) => texts[section]?.[value]?.[lang === "zh" ? 1 : 0] ?? value;
  const labelled = (section, value) => (value === undefined || value === null ? null : term(section, bareTerm(value)));
  const place = (value) => (idOf(value) ? placeText(idOf(value)) : null);
  const time = Date.parse(event.eventTime);
  return {
    role: role ? term("role", role) : null,
    made: role === "input" ? madeText(event, texts, lang) : null,
    madeName: role === "input" ? madeName(event) : null,
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
