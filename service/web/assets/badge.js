"use strict";

(() => {
  const ADDRESS = "/api/status/summary";
  const INTERVAL_MS = 4000;
  const SLOWEST_MS = 60000;
  const PATIENCE_MS = 8000;
  const STALE_MS = 3 * INTERVAL_MS;
  const TITLE = document.title;

  // Each state has a sign of its own: colour alone tells nothing to many people.
  const MARKS = { primary: "\u2713", warming: "\u2026", fallback: "\u21c4", down: "\u2715", unready: "!", unknown: "?" };
  const LABELS = { primary: "Primary", warming: "Warming up", fallback: "Fallback", down: "Down" };

  const part = (id) => document.getElementById(id);
  const parts = Object.fromEntries(
    ["badge", "mark", "label", "line", "budget", "progress", "left", "since", "asked", "reasons", "toggle", "details"].map(
      (id) => [id, part(id)],
    ),
  );

  let known = null; // the last good answer: body, when it came by two clocks, and how far the server's clock is ahead
  let failure = null; // why the last attempt gave no answer
  let failures = 0;
  let timer = null;
  let ticker = null;
  let asking = false;

  // --- asking ---

  const ask = async () => {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    let wait = INTERVAL_MS;
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), PATIENCE_MS);
    try {
      const answer = await fetch(ADDRESS, { cache: "no-store", signal: stop.signal });
      if (!answer.ok) throw new Told(`The service answers with status ${answer.status}.`, answer.headers.get("retry-after"));
      known = { body: understood(await answer.json()), at: now(), ahead: ahead(answer.headers.get("date")) };
      failure = null;
      failures = 0;
    } catch (error) {
      failure = error instanceof Told ? error : new Told("Nothing answers at its address.", null, false);
      failures += 1;
      wait = backOff(failures, failure.retryAfter);
    } finally {
      clearTimeout(late);
      asking = false;
    }
    show();
    if (!document.hidden) timer = setTimeout(ask, wait);
  };

  class Told extends Error {
    constructor(message, retryAfter, reached = true) {
      super(message);
      this.retryAfter = retryAfter;
      this.reached = reached;
    }
  }

  // Twice as long after each failure, and never the same for all pages: they would come back at the same moment.
  const backOff = (count, retryAfter) => {
    const full = Math.min(SLOWEST_MS, INTERVAL_MS * 2 ** Math.min(count, 10));
    const wanted = /^\d{1,4}$/.test(retryAfter ?? "") ? Number(retryAfter) * 1000 : 0;
    return Math.min(SLOWEST_MS, Math.max(full * (0.5 + Math.random() / 2), wanted));
  };

  const understood = (body) => {
    const llm = body?.llm;
    if (!Object.hasOwn(LABELS, llm?.path) || typeof body.ready !== "boolean" || Number.isNaN(Date.parse(llm.since))) {
      throw new Told("The service answered something that this page does not understand.");
    }
    return body;
  };

  // Two clocks: the one stands still while a computer sleeps, the other may be set. The older answer counts.
  const now = () => ({ wall: Date.now(), steady: performance.now() });
  const ageOf = (at) => Math.max(Date.now() - at.wall, performance.now() - at.steady);
  const ahead = (date) => {
    const theirs = Date.parse(date ?? "");
    const by = theirs - Date.now();
    // The header has whole seconds: what is less than that is no difference.
    return Number.isNaN(theirs) || Math.abs(by) < 2000 ? 0 : by;
  };

  // --- showing ---

  const show = () => {
    const current = known !== null && ageOf(known.at) <= STALE_MS ? known : null;
    if (current === null) {
      const waiting = known === null ? "Asking the service." : "The last answer is too old. Asking again.";
      const reach = failure !== null && !failure.reached;
      state("unknown", "Unknown", reach ? ": cannot reach the service" : "", failure?.message ?? waiting);
    } else {
      const { llm, ready, tooltip } = current.body;
      // Who is about to answer says nothing about whether the stores work: what is not ready is never shown as well.
      const unready = !ready && (llm.path === "primary" || llm.path === "fallback");
      const name = unready ? "unready" : llm.path;
      state(name, LABELS[llm.path], unready ? ", not ready" : "", String(tooltip ?? ""));
    }
    times(current);
    budget(current);
    reasons(current);
    details();
  };

  const state = (name, path, more, line) => {
    const label = path + more;
    parts.badge.dataset.state = name;
    put(parts.mark, MARKS[name]);
    put(parts.label, label);
    put(parts.line, line);
    const title = `${label} \u2013 ${TITLE}`;
    if (document.title !== title) document.title = title;
  };

  const times = (current) => {
    parts.since.hidden = current === null;
    if (current !== null) {
      const since = Date.parse(current.body.llm.since);
      put(parts.since, `Since ${clock(since)}, ${ago(Date.now() + current.ahead - since)}.`);
    }
    parts.asked.hidden = known === null;
    if (known !== null) {
      const failed = failure === null ? "" : ` ${failure.message}`;
      put(parts.asked, `Last answer ${ago(ageOf(known.at))}, ${clock(known.at.wall)}.${failed}`);
    }
  };

  const budget = (current) => {
    const whole = Number(current?.body.llm.budget_s);
    const shown = current !== null && current.body.llm.path === "warming" && whole > 0;
    parts.budget.hidden = !shown;
    if (!shown) return;
    const spent = Math.max(0, (Date.now() + current.ahead - Date.parse(current.body.llm.since)) / 1000);
    parts.progress.value = Math.min(1, spent / whole);
    put(
      parts.left,
      spent <= whole
        ? `${span(whole - spent)} of ${span(whole)} left for the model to arrive.`
        : `Over its ${span(whole)} by ${span(spent - whole)}: somebody should look.`,
    );
  };

  const reasons = (current) => {
    const all = Array.isArray(current?.body.reasons) ? current.body.reasons.map(String) : [];
    parts.reasons.hidden = all.length === 0;
    list(parts.reasons, all.map((text) => ["li", text]));
  };

  const details = () => {
    parts.toggle.hidden = known === null;
    if (known === null) return;
    const { llm, primary, rag, last_served_by: served, build, openai_configured: spare } = known.body;
    const rows = [
      ["Model in use", nobody(known.body.reasons) ? "none" : `${llm.model} (${llm.provider})`],
      ["Primary model", `${primary?.model}, ${presence(primary?.model_present)}`],
      ["Primary\u2019s host", `${llm.ollama}${llm.reason ? ` (${llm.reason})` : ""}`],
      ["Models on it", llm.ollama === "up" ? sample(primary?.models_sample) : "not known"],
      ["Last error", primary?.last_error ? `${primary.last_error}${status(primary.last_status)}` : "none"],
      ["Fallback", spare ? "configured" : "not configured"],
      ["Memory", rag?.ok ? "works" : "does not work"],
      ["Last served by", served?.provider ? `${served.provider}, ${clock(Date.parse(served.ts))}` : "nobody yet"],
      ["Build", `${build?.sha}, ${whole(Date.parse(build?.time))}`],
    ];
    list(parts.details, rows.flatMap(([name, value]) => [["dt", name], ["dd", value]]));
  };

  const nobody = (reasons) => Array.isArray(reasons) && reasons.some((text) => String(text).startsWith("llm:"));
  const presence = (present) => (present === null || present === undefined ? "not known" : present ? "there" : "not there");
  const sample = (names) => (Array.isArray(names) && names.length > 0 ? names.join(", ") : "none");
  const status = (code) => (code === null || code === undefined ? "" : `, status ${code}`);

  // --- words ---

  const span = (seconds) => {
    const whole = Math.max(0, Math.round(seconds));
    const units = [
      [Math.floor(whole / 86400), "d"],
      [Math.floor(whole / 3600) % 24, "h"],
      [Math.floor(whole / 60) % 60, "min"],
      [whole % 60, "s"],
    ];
    const first = units.findIndex(([count]) => count > 0);
    if (first < 0) return "0 s";
    return units
      .slice(first, first + 2)
      .filter(([count]) => count > 0)
      .map(([count, unit]) => `${count} ${unit}`)
      .join(" ");
  };

  const ago = (ms) => (ms < 1000 ? "just now" : `${span(ms / 1000)} ago`);

  const SAME_DAY = new Intl.DateTimeFormat(undefined, { timeStyle: "long" });
  const OTHER_DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
  const whole = (ms) => (Number.isNaN(ms) ? "at a time not known" : OTHER_DAY.format(ms));
  const clock = (ms) => {
    const today = new Date(ms).toDateString() === new Date().toDateString();
    return today ? SAME_DAY.format(ms) : whole(ms);
  };

  // A text that stays is not written again: a screen reader would read it again.
  const put = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };

  const list = (parent, items) => {
    while (parent.children.length > items.length) parent.lastElementChild.remove();
    items.forEach(([tag, text], index) => {
      if (index >= parent.children.length) parent.append(document.createElement(tag));
      put(parent.children[index], text);
    });
  };

  // --- when ---

  const wake = () => {
    clearInterval(ticker);
    show();
    if (document.hidden) {
      clearTimeout(timer);
    } else {
      ticker = setInterval(show, 1000);
      ask();
    }
  };

  parts.toggle.addEventListener("click", () => {
    const open = parts.toggle.getAttribute("aria-expanded") !== "true";
    parts.toggle.setAttribute("aria-expanded", String(open));
    parts.details.hidden = !open;
  });
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  wake();
})();
