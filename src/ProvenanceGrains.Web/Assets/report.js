// What was checked and what came of it: each check passed, failed with a reason, or was not made.

import { Refusal, fill } from "./bytes.js";

const MAX_FAILURES_SHOWN = 20;

/** Collects checks. Optional ones do not keep a page from being verified when they could not be made. */
export class Report {
  constructor() {
    this.checks = [];
  }

  pass(id, code, reason, args = {}) {
    this.checks.push({ id, status: "pass", code, reason: fill(reason, args), args, optional: false });
  }

  fail(id, refusal, sequence = null) {
    const known = refusal instanceof Refusal;
    this.checks.push({
      id,
      status: "fail",
      code: known ? refusal.code : "unexpected",
      reason: known ? refusal.message : `The data could not be read: ${refusal.message}`,
      args: known ? refusal.args : { message: refusal.message },
      sequence,
      optional: false,
    });
  }

  skip(id, code, reason, args = {}, optional = false) {
    this.checks.push({ id, status: "not-checked", code, reason: fill(reason, args), args, optional });
  }

  failed(id) {
    return this.checks.some((c) => c.id === id && c.status === "fail");
  }

  /** Makes one of many checks under one name: a failure is written down (the first of them), and undefined is the answer. */
  async attempt(id, sequence, action) {
    try {
      return await action();
    } catch (error) {
      if (this.checks.filter((c) => c.id === id && c.status === "fail").length < MAX_FAILURES_SHOWN) {
        this.fail(id, error, sequence);
      }
      return undefined;
    }
  }

  /** Says of each check that was made many times, and never failed, that it passed. */
  close(sentences, args) {
    for (const [id, [code, reason]] of Object.entries(sentences)) {
      if (!this.failed(id)) {
        this.pass(id, code, reason, args);
      }
    }
  }

  /** "bad" as soon as anything failed; "ok" only if nothing that matters was left out. */
  verdict() {
    if (this.checks.some((c) => c.status === "fail")) {
      return "bad";
    }
    return this.checks.length === 0 || this.checks.some((c) => c.status === "not-checked" && !c.optional) ? "unknown" : "ok";
  }
}
