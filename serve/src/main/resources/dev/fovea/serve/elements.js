/** Small pieces of the page: elements, numbers, thumbnails. */
import { limiter } from "/server.js";

/** An element; `text` is always text, never markup. */
export function element(tag, { text, listen, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) {
      made.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(name, value);
    }
  }
  for (const [event, listener] of Object.entries(listen ?? {})) {
    made.addEventListener(event, listener);
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  made.append(...children);
  return made;
}

/** A part of one as people read it: 93.4 %, < 0.1 %. */
export function percent(part) {
  if (part > 0 && part < 0.001) {
    return "< 0.1 %";
  }
  const text = (part * 100).toFixed(1);
  return `${text === "100.0" && part < 1 ? "> 99.9" : text} %`;
}

export function milliseconds(value) {
  return value >= 10000 ? `${(value / 1000).toFixed(1)} s` : `${value >= 10 ? Math.round(value) : value.toFixed(1)} ms`;
}

export function bytes(count) {
  const kilo = count / 1000;
  return kilo < 1 ? `${count} B` : kilo < 1000 ? `${Math.round(kilo)} kB` : `${(kilo / 1000).toFixed(1)} MB`;
}

export const grouped = number => number.toLocaleString("en");

export function plural(count, one, many) {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

const decoding = limiter(2);

/** A square picture of the file; what the browser cannot read shows its kind instead. The name stands beside it, so it is decoration. */
export function thumbnail(file, side) {
  const canvas = element("canvas", { class: "thumbnail", width: side * 2, height: side * 2, "aria-hidden": "true" });
  decoding(async () => {
    try {
      const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
      const part = Math.min(bitmap.width, bitmap.height);
      const context = canvas.getContext("2d");
      context.imageSmoothingEnabled = part > side; // few pixels stay pixels
      context.imageSmoothingQuality = "high";
      context.drawImage(
        bitmap,
        (bitmap.width - part) / 2, (bitmap.height - part) / 2, part, part,
        0, 0, canvas.width, canvas.height);
      bitmap.close();
    } catch {
      const kind = /\.([a-z0-9]{1,5})$/i.exec(file.name)?.[1] ?? "?";
      canvas.replaceWith(element("span", { class: "thumbnail kind", text: kind.toLowerCase(), "aria-hidden": "true" }));
    }
  });
  return canvas;
}

/** The classes of a prediction as bars. */
export function bars(classes) {
  return element(
    "ol",
    { class: "bars" },
    ...classes.map(({ class: name, score }) => {
      const bar = element("span", { class: "fill" });
      bar.style.setProperty("--part", score);
      return element(
        "li",
        {},
        element("span", { class: "name", text: name }),
        element("span", { class: "score", text: percent(score) }),
        element("span", { class: "bar", "aria-hidden": "true" }, bar));
    }));
}

let soon = 0;
let said = [];

/** Tells those who do not see the page; what comes at once is told in one. */
export function announce(text) {
  said.push(text);
  clearTimeout(soon);
  soon = setTimeout(() => {
    const many = said.length > 3 ? [...said.slice(0, 2), `and ${said.length - 2} more`] : said;
    document.getElementById("live").textContent = many.join(" ");
    said = [];
  }, 300);
}
