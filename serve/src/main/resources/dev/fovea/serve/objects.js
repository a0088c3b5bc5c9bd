/** Objects that a network has found: boxes over the picture, and a list beside it. */
import { bars, element, percent, plural } from "/elements.js";

/** The server is asked once for all from this score on; what is shown follows the slider. */
export const LEAST_SCORE = 0.05;
/** Lines of the list. */
const MOST_LINES = 12;

let threshold = 0.3;

export function setThreshold(score) {
  threshold = score;
}

export const findsObjects = ({ model }) => model.task === "detect";

export function shown(objects) {
  return objects.filter(object => object.score >= threshold);
}

/** The classes of a picture, each with its best score, best first. */
export function classesOf(objects) {
  const best = new Map();
  for (const { class: name, score } of shown(objects)) {
    best.set(name, Math.max(score, best.get(name) ?? 0));
  }
  return [...best].map(([name, score]) => ({ class: name, score })).sort((a, b) => b.score - a.score);
}

export function counted(objects) {
  return plural(shown(objects).length, "object", "objects");
}

/** Neighbouring classes get hues that are far apart. */
function coloured(box, index) {
  box.style.setProperty("--hue", (index * 137.508) % 360);
  return box;
}

function outline({ class: name, index, score, box: [x1, y1, x2, y2] }, { width, height }) {
  const box = coloured(element("span", { class: "box" }, element("span", { class: "label", text: `${name} ${percent(score)}` })), index);
  box.style.setProperty("left", `${(x1 / width) * 100}%`);
  box.style.setProperty("top", `${(y1 / height) * 100}%`);
  box.style.setProperty("width", `${((x2 - x1) / width) * 100}%`);
  box.style.setProperty("height", `${((y2 - y1) / height) * 100}%`);
  box.classList.toggle("low", y1 < height * 0.1); // the label has no room above
  return box;
}

/** A picture with what was found in it. */
export class Found {
  #prediction;
  #boxes = element("span", { class: "boxes", "aria-hidden": "true" });
  #list = element("div", {});

  constructor(file, prediction) {
    this.#prediction = prediction;
    const url = URL.createObjectURL(file);
    const done = () => URL.revokeObjectURL(url);
    const image = element("img", { src: url, alt: "", listen: { load: done, error: done } });
    const frame = element("figure", { class: "found" }, image, this.#boxes);
    frame.style.setProperty("--shape", prediction.width / prediction.height);
    this.element = element("div", { class: "objects" }, frame, this.#list);
    this.update();
  }

  /** Shows what the threshold leaves. */
  update() {
    const objects = shown(this.#prediction.objects);
    // The best lie on top.
    this.#boxes.replaceChildren(...[...objects].reverse().map(object => outline(object, this.#prediction)));
    const rest = objects.length - MOST_LINES;
    this.#list.replaceChildren(
      element("p", { class: "count", text: counted(objects) }),
      bars(objects.slice(0, MOST_LINES)),
      ...(rest > 0 ? [element("p", { class: "quiet", text: `and ${rest} more` })] : []));
  }
}
