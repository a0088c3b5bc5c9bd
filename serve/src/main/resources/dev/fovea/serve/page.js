/** The page: what is chosen, what is shown, and what a person does. */
import { Card } from "/card.js";
import { announce, grouped, plural } from "/elements.js";
import { Folder } from "/folder.js";
import { findsObjects, setThreshold } from "/objects.js";
import { camera, ofFolder, ofTransfer } from "/pictures.js";
import { choices, limiter, onTokenNeeded } from "/server.js";

/** More at a time than this are listed in a table. */
const MOST_CARDS = 24;
/** Names of classes that are shown before there is a picture. */
const MOST_NAMES = 14;
const RETRY_MILLISECONDS = 3000;

const $ = id => document.getElementById(id);
const limit = limiter(4);
const cards = [];
let all = [];

function chosen() {
  const of = id => all.find(choice => choice.id === $(id).value);
  const [one, other] = [of("model"), of("other")];
  return other && other !== one ? [one, other] : [one];
}

const top = () => Number($("top").value);

function notice(text) {
  $("notice").textContent = text;
  $("notice").hidden = text === "";
}

// --- models ---

async function loadModels() {
  try {
    all = await choices();
  } catch (e) {
    notice(e.message);
    if (e.status === 0) {
      setTimeout(loadModels, RETRY_MILLISECONDS);
    }
    return;
  }
  notice("");
  fill($("model"), all.map(c => new Option(c.title, c.id)));
  fill($("other"), [new Option("Nothing", ""), ...all.map(c => new Option(c.title, c.id))]);
  $("other").disabled = all.length < 2;
  describe();
  recogniseCards(cards);
}

function fill(select, options) {
  const before = select.value;
  select.replaceChildren(...options);
  select.value = before;
  if (select.selectedIndex < 0) {
    select.selectedIndex = 0;
  }
  select.disabled = false;
}

function describe() {
  const lines = chosen().map(({ title, model }) => {
    const size = model.width ? ` and looks at ${model.width} × ${model.height} pixels` : "";
    return `${title} tells ${plural(model.classes.length, "class", "classes")} apart${size}.`;
  });
  $("facts").textContent = lines.join(" ");
  const finding = chosen().map(findsObjects);
  $("threshold-field").hidden = !finding.some(Boolean);
  $("top-field").hidden = finding.every(Boolean);
  const names = chosen()[0].model.classes;
  const items = names.slice(0, MOST_NAMES).map(name => Object.assign(document.createElement("span"), { textContent: name }));
  if (names.length > MOST_NAMES) {
    const rest = document.createElement("span");
    rest.className = "rest";
    rest.textContent = `and ${grouped(names.length - MOST_NAMES)} more`;
    items.push(rest);
  }
  $("known").replaceChildren(...items);
  for (const option of $("other").options) {
    option.disabled = option.value === $("model").value;
  }
  if ($("other").value === $("model").value) {
    $("other").value = "";
  }
}

// --- pictures ---

function recogniseCards(some) {
  if (all.length) {
    some.forEach(card => card.recognise(chosen(), top(), limit));
  }
}

function showState() {
  $("empty").hidden = cards.length > 0 || $("folders").childElementCount > 0;
  $("results-head").hidden = cards.length === 0;
  $("drop").classList.toggle("compact", $("empty").hidden);
  $("cards").classList.toggle("compared", all.length > 0 && chosen().length > 1);
}

function remove(card) {
  const index = cards.indexOf(card);
  card.stop();
  cards.splice(index, 1);
  card.element.remove();
  showState();
  // The focus stays near, not at the top of the page.
  (cards[Math.min(index, cards.length - 1)]?.element.querySelector(".remove") ?? $("pick")).focus();
}

/** Shows a few pictures as cards, the newest first; many as a table. */
function add(files) {
  notice("");
  if (files.length === 0) {
    return;
  }
  if (files.length > MOST_CARDS) {
    addFolder({ name: plural(files.length, "picture", "pictures"), files: files.map(file => ({ name: file.name, file })) });
    return;
  }
  const added = files.map(file => new Card(file, remove));
  cards.unshift(...added);
  $("cards").prepend(...added.map(card => card.element));
  showState();
  recogniseCards(added);
}

function addFolder({ name, files }) {
  notice("");
  if (files.length === 0) {
    notice(`There is no picture in ${name}.`);
    return;
  }
  if (!all.length) {
    notice("The server's models are not known yet; try again in a moment.");
    return;
  }
  const folder = new Folder(name, files, {
    again: f => f.recognise(chosen(), top()),
    remove: f => {
      f.stop();
      f.element.remove();
      showState();
      $("pick-folder").focus();
    },
  });
  $("folders").prepend(folder.element);
  showState();
  folder.recognise(chosen(), top());
}

async function addTransfer(transfer) {
  const { files, folders } = await ofTransfer(transfer);
  folders.forEach(addFolder);
  add(files);
  return files.length + folders.length > 0;
}

// --- what a person does ---

function listenToChoice() {
  for (const id of ["model", "other", "top"]) {
    $(id).addEventListener("change", () => {
      describe();
      showState();
      recogniseCards(cards);
    });
  }
}

/** What is shown follows at once; the server is not asked again. */
function listenToThreshold() {
  $("threshold").addEventListener("input", () => {
    const score = Number($("threshold").value);
    $("threshold-value").textContent = `${Math.round(score * 100)} %`;
    setThreshold(score);
    cards.forEach(card => card.update());
  });
}

function listenToFiles() {
  const input = (id, use) => $(id).addEventListener("change", event => {
    const files = [...event.target.files];
    event.target.value = ""; // so that the same can be chosen again
    if (files.length) {
      use(files);
    }
  });
  input("files", add);
  input("folder", files => addFolder(ofFolder(files)));
  $("pick").addEventListener("click", () => $("files").click());
  $("pick-folder").addEventListener("click", () => $("folder").click());
  $("use-camera").addEventListener("click", camera($("camera"), file => add([file])));
  $("clear").addEventListener("click", () => {
    cards.splice(0).forEach(card => {
      card.stop();
      card.element.remove();
    });
    showState();
    $("pick").focus();
    announce("All pictures are removed.");
  });
}

/** The whole window takes drops: one that misses must not make the browser leave the page. */
function listenToDrops() {
  let inside = 0;
  const mark = () => $("drop").classList.toggle("over", inside > 0);
  const withFiles = event => event.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", event => {
    inside += withFiles(event) ? 1 : 0;
    mark();
  });
  addEventListener("dragleave", event => {
    inside -= withFiles(event) ? 1 : 0;
    mark();
  });
  addEventListener("dragover", event => {
    if (withFiles(event)) {
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
    }
  });
  addEventListener("drop", event => {
    inside = 0;
    mark();
    if (withFiles(event)) {
      event.preventDefault();
      addTransfer(event.dataTransfer).catch(e => notice(`The drop could not be read: ${e.message}.`));
    }
  });
  document.addEventListener("paste", async event => {
    if (event.target.closest?.("input")) {
      return;
    }
    if (!(await addTransfer(event.clipboardData))) {
      notice("There is no picture in the clipboard.");
    }
  });
}

function askForToken(refused) {
  $("token-hint").textContent = refused
    ? "The server refused this token. Look for a missing or doubled character."
    : "Whoever runs it can give it to you. It is forgotten when this tab is closed.";
  $("token").showModal();
  return new Promise(resolve => {
    $("token-form").onsubmit = event => {
      event.preventDefault();
      resolve($("token-value").value.trim());
      $("token-value").value = "";
      $("token").close();
    };
  });
}

$("token").addEventListener("cancel", event => event.preventDefault());
onTokenNeeded(askForToken);
listenToChoice();
listenToThreshold();
listenToFiles();
listenToDrops();
loadModels();
