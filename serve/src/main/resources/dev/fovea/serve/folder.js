/** Many pictures in a row: progress, a table, and a file of all results. */
import { announce, bytes, element, grouped, milliseconds, percent, plural, thumbnail } from "/elements.js";
import { counted, findsObjects } from "/objects.js";
import { limiter, predict } from "/server.js";

/** Browsers open six connections to a server; two stay free for what else is on the page. */
const AT_A_TIME = 4;
/** The file has all rows; a table of ten thousand helps nobody. */
const MOST_ROWS = 200;

/** The results as comma-separated values (RFC 4180), one row for each picture. */
export function csv(rows, chosen, top) {
  const header = ["file", "bytes", "width", "height"];
  for (const { title } of chosen) {
    for (let k = 1; k <= top; k++) {
      header.push(`${title}: class ${k}`, `${title}: score ${k}`);
    }
    header.push(`${title}: milliseconds`, `${title}: problem`);
  }
  const lines = rows.map(({ name, file, answers }) => {
    const seen = answers.find(a => a.prediction)?.prediction;
    const cells = [name, file.size, seen?.width ?? "", seen?.height ?? ""];
    for (const { prediction, problem } of answers) {
      for (let k = 0; k < top; k++) {
        const best = prediction?.classes[k];
        cells.push(best?.class ?? "", best?.score ?? "");
      }
      cells.push(prediction ? prediction.milliseconds.total.toFixed(2) : "", problem ?? "");
    }
    return cells;
  });
  return [header, ...lines].map(cells => cells.map(cell).join(",") + "\r\n").join("");
}

/** Text that a spreadsheet would take for a formula is marked as text. */
function cell(value) {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export class Folder {
  #name;
  #files;
  #chosen = [];
  #top = 1;
  #rows = [];
  #failed = 0;
  #same = 0;
  #begin = 0;
  #running = null;
  #parts;

  constructor(name, files, { again, remove }) {
    this.#name = name;
    this.#files = files;
    const button = (text, click, extra = {}) => element("button", { type: "button", text, listen: { click }, ...extra });
    const p = (this.#parts = {
      title: element("h2", { text: name }),
      count: element("p", { class: "count" }),
      progress: element("progress", { max: files.length, value: 0, "aria-label": `Progress of ${name}` }),
      note: element("p", { class: "quiet", hidden: true }),
      stop: button("Stop", () => this.stop()),
      again: button("Recognise again", () => again(this), { hidden: true }),
      save: button("Download results", () => this.#save(), { class: "primary", disabled: true }),
      close: button("×", () => remove(this), { class: "plain remove", "aria-label": `Remove ${name}`, title: "Remove" }),
      header: element("thead"),
      body: element("tbody"),
      more: element("p", { class: "quiet", hidden: true }),
    });
    this.element = element(
      "section",
      { class: "folder", "aria-label": `Folder ${name}` },
      element("div", { class: "head" }, p.title, p.close),
      p.count,
      p.progress,
      p.note,
      element("div", { class: "buttons" }, p.save, p.stop, p.again),
      element(
        "div",
        { class: "table", tabindex: "0", role: "region", "aria-label": `Results of ${name}` },
        element("table", {}, p.header, p.body)),
      p.more);
  }

  /** Recognises all, from the beginning. */
  async recognise(chosen, top) {
    this.stop();
    const running = (this.#running = new AbortController());
    this.#chosen = chosen;
    this.#top = top;
    this.#rows = [];
    this.#failed = 0;
    this.#same = 0;
    this.#begin = performance.now();
    this.#prepare();
    announce(`${this.#name}: ${plural(this.#files.length, "picture", "pictures")}, begun.`);
    const limit = limiter(AT_A_TIME);
    let next = 0;
    // As many workers as run at a time, not a promise for each of a hundred thousand files.
    await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
      while (next < this.#files.length && !running.signal.aborted) {
        const { name, file } = this.#files[next++];
        const answers = await Promise.all(chosen.map(choice => limit(() => this.#ask(choice, file, running.signal))));
        if (running.signal.aborted) {
          return;
        }
        this.#add({ name, file, answers });
      }
    }));
    if (this.#running === running) {
      this.#finish(running.signal.aborted);
    }
  }

  async #ask(choice, file, signal) {
    try {
      signal.throwIfAborted();
      const prediction = await predict(choice, file, this.#top, {
        signal,
        onWait: seconds => this.#note(`The server is busy; going on in ${seconds} s.`),
      });
      return { prediction };
    } catch (e) {
      return { problem: e.message };
    }
  }

  stop() {
    this.#running?.abort();
  }

  #prepare() {
    const p = this.#parts;
    p.body.replaceChildren();
    p.header.replaceChildren(element(
      "tr",
      {},
      element("th", { scope: "col", text: "Picture" }),
      ...this.#chosen.flatMap(({ title }) => [
        element("th", { scope: "col", text: this.#chosen.length > 1 ? title : findsObjects(this.#chosen[0]) ? "Objects" : "Class" }),
        element("th", { scope: "col", class: "number", text: "Score" }),
        element("th", { scope: "col", class: "number", text: "Time" }),
      ])));
    p.more.hidden = true;
    p.stop.hidden = false;
    p.again.hidden = true;
    p.save.disabled = true;
    this.#note("");
    this.#progress();
  }

  #add(row) {
    const [one, other] = row.answers.map(a => a.prediction?.classes[0]?.class);
    this.#rows.push(row);
    this.#failed += row.answers.some(a => a.problem) ? 1 : 0;
    this.#same += one !== undefined && one === other ? 1 : 0;
    this.#note("");
    this.#progress();
    this.#parts.save.disabled = false;
    if (this.#rows.length <= MOST_ROWS) {
      this.#parts.body.append(this.#line(row));
    } else {
      this.#parts.more.hidden = false;
      this.#parts.more.textContent = `The first ${MOST_ROWS} are shown; the file has them all.`;
    }
  }

  #line({ name, file, answers }) {
    const tops = answers.map(a => a.prediction?.classes[0]?.class);
    const differs = tops.length > 1 && tops.every(Boolean) && tops[0] !== tops[1];
    return element(
      "tr",
      { class: differs ? "differs" : null },
      element(
        "th",
        { scope: "row" },
        element("span", { class: "picture" }, thumbnail(file, 32), element("span", { class: "path", text: name, title: `${name}, ${bytes(file.size)}` }))),
      ...answers.flatMap(({ prediction, problem }) => {
        if (problem) {
          return [element("td", { colspan: 3, class: "problem", text: problem })];
        }
        const [best] = prediction.classes;
        const text = prediction.objects
          ? [counted(prediction.objects), ...prediction.classes.map(c => c.class)].join(" · ")
          : best.class;
        return [
          element("td", { text }),
          element("td", { class: "number", text: best ? percent(best.score) : "" }),
          element("td", { class: "number quiet", text: milliseconds(prediction.milliseconds.total) }),
        ];
      }));
  }

  #note(text) {
    this.#parts.note.textContent = text;
    this.#parts.note.hidden = text === "";
  }

  #progress() {
    const done = this.#rows.length;
    const all = this.#files.length;
    const seconds = (performance.now() - this.#begin) / 1000;
    const parts = [`${grouped(done)} of ${plural(all, "picture", "pictures")}`];
    if (done >= AT_A_TIME && seconds > 0.5) {
      const rate = done / seconds;
      parts.push(`${rate < 10 ? rate.toFixed(1) : grouped(Math.round(rate))} a second`);
      if (done < all && (all - done) / rate >= 2) {
        parts.push(`about ${Math.ceil((all - done) / rate)} s left`);
      }
    }
    if (this.#failed) {
      parts.push(`${grouped(this.#failed)} failed`);
    }
    if (this.#chosen.length > 1 && done > 0) {
      parts.push(`the same class for ${percent(this.#same / done)}`);
    }
    this.#parts.count.textContent = parts.join(" · ");
    this.#parts.progress.value = done;
  }

  #finish(stopped) {
    this.#parts.stop.hidden = true;
    this.#parts.again.hidden = false;
    this.#parts.save.disabled = this.#rows.length === 0;
    this.#note(stopped ? "Stopped. The file has what was done until then." : "");
    announce(`${this.#name}: ${stopped ? "stopped" : "done"}, ${this.#parts.count.textContent}.`);
  }

  #save() {
    const rows = [...this.#rows].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const url = URL.createObjectURL(new Blob(["\ufeff", csv(rows, this.#chosen, this.#top)], { type: "text/csv" }));
    element("a", { href: url, download: `${this.#name.replace(/[^\p{L}\p{N}._-]+/gu, "_")}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }
}
