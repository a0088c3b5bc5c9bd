/** One picture with what one network or two say of it. */
import { announce, bars, bytes, element, milliseconds, percent, thumbnail } from "/elements.js";
import { Found, counted } from "/objects.js";
import { predict } from "/server.js";

export class Card {
  #file;
  #answers;
  #about;
  #verdict;
  #found = [];
  #running = new AbortController();

  constructor(file, remove) {
    this.#file = file;
    this.#answers = element("div", { class: "answers" });
    this.#about = element("p", { class: "quiet about", text: bytes(file.size) });
    this.#verdict = element("p", { class: "verdict", hidden: true });
    this.element = element(
      "li",
      { class: "card" },
      thumbnail(file, 96),
      element(
        "div",
        { class: "card-body" },
        element(
          "div",
          { class: "card-head" },
          element("h3", { text: file.name, title: file.name }),
          element("button", {
            class: "plain remove",
            type: "button",
            "aria-label": `Remove ${file.name}`,
            title: "Remove",
            text: "×",
            listen: { click: () => remove(this) },
          })),
        this.#about,
        this.#verdict,
        this.#answers));
  }

  /** Asks all; an earlier question is given up. */
  async recognise(chosen, top, limit) {
    this.stop();
    const running = (this.#running = new AbortController());
    this.#verdict.hidden = true;
    this.#found = [];
    const slots = chosen.map(choice => this.#slot(choice, chosen.length > 1));
    this.#answers.replaceChildren(...slots);
    const predictions = await Promise.all(chosen.map((choice, i) =>
      limit(() => this.#ask(choice, top, running.signal, slots[i]))));
    if (running.signal.aborted) {
      return;
    }
    if (predictions.some(p => p.problem)) {
      const [{ problem }] = predictions;
      if (problem && predictions.every(p => p.problem === problem)) {
        this.#answers.replaceChildren(element("p", { class: "problem", text: problem })); // once is enough
      }
      return;
    }
    this.#about.textContent = `${predictions[0].width} × ${predictions[0].height} · ${bytes(this.#file.size)}`;
    if (predictions.length > 1 && predictions.every(p => !p.objects)) {
      this.#compare(predictions.map(p => p.classes[0]));
    }
  }

  #slot(choice, named) {
    return element(
      "section",
      { class: "answer", "aria-busy": "true", "aria-label": choice.title },
      ...(named ? [element("h4", { text: choice.title })] : []),
      element("p", { class: "quiet waiting", text: "Recognising…" }));
  }

  async #ask(choice, top, signal, slot) {
    const replace = (...children) => {
      slot.removeAttribute("aria-busy");
      slot.replaceChildren(...slot.querySelectorAll("h4"), ...children);
    };
    try {
      signal.throwIfAborted();
      const prediction = await predict(choice, this.#file, top, {
        signal,
        onWait: seconds => {
          slot.querySelector(".waiting").textContent = `The server is busy; trying again in ${seconds} s…`;
        },
      });
      const { total, decode, call } = prediction.milliseconds;
      replace(
        this.#content(prediction),
        element("p", {
          class: "quiet timing",
          text: `Server ${milliseconds(total)}, of it decoding ${milliseconds(decode)} · round trip ${milliseconds(call)}`,
        }));
      const [best] = prediction.classes;
      announce(`${this.#file.name}: ${prediction.objects ? counted(prediction.objects) : `${best.class}, ${percent(best.score)}`}.`);
      return prediction;
    } catch (e) {
      if (!signal.aborted) {
        replace(element("p", { class: "problem", text: e.message }));
        announce(`${this.#file.name}: ${e.message}`);
      }
      return { problem: e.message };
    }
  }

  #content(prediction) {
    if (!prediction.objects) {
      return bars(prediction.classes);
    }
    const found = new Found(this.#file, prediction);
    this.#found.push(found);
    return found.element;
  }

  /** After the threshold has changed. */
  update() {
    this.#found.forEach(found => found.update());
  }

  #compare([one, other]) {
    const same = one.class === other.class;
    this.#verdict.hidden = false;
    this.#verdict.classList.toggle("differs", !same);
    this.#verdict.textContent = same ? `Both say ${one.class}` : `They differ: ${one.class} or ${other.class}`;
  }

  stop() {
    this.#running.abort();
  }
}
