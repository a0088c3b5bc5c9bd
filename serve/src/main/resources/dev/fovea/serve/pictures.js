/** Where pictures come from: drops, the clipboard, files, folders, the camera. */

const PICTURE = /\.(avif|bmp|dib|exr|gif|hdr|heic|heif|ico|jfif|jp2|jpe|jpe?g|pbm|pgm|png|pnm|ppm|ras|tiff?|webp)$/i;

/** Whether a file in a folder is meant; others there are passed over. */
export function isPicture(file) {
  return file.type.startsWith("image/") || PICTURE.test(file.name);
}

function listed(files) {
  return files
    .filter(({ file }) => isPicture(file) && !file.name.startsWith("."))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function within(folder, path) {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

/** The pictures of a chosen folder by their paths in it. */
export function ofFolder(files) {
  const name = files[0]?.webkitRelativePath.split("/")[0] || "Folder";
  return { name, files: listed([...files].map(file => ({ name: within(name, file.webkitRelativePath || file.name), file }))) };
}

/** A reader gives its entries a hundred at a time, until there are none. */
async function entriesOf(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) {
      return all;
    }
    all.push(...some);
  }
}

async function walk(entry, found) {
  if (entry.isDirectory) {
    for (const inner of await entriesOf(entry)) {
      await walk(inner, found);
    }
  } else {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push({ name: entry.fullPath.replace(/^\//, ""), file });
  }
}

/** The files and folders of a drop or a paste. What the browser gives is gone after the event, so it is taken before anything waits. */
export async function ofTransfer(transfer) {
  const entries = [...transfer.items].filter(i => i.kind === "file").map(i => i.webkitGetAsEntry?.());
  const files = [...transfer.files];
  const folders = [];
  for (const entry of entries.filter(e => e?.isDirectory)) {
    const found = [];
    await walk(entry, found);
    folders.push({ name: entry.name, files: listed(found.map(f => ({ ...f, name: within(entry.name, f.name) }))) });
  }
  const folderNames = new Set(folders.map(f => f.name));
  return { folders, files: folders.length ? files.filter(f => f.type !== "" || !folderNames.has(f.name)) : files };
}

/** Lets a person take pictures; each is handed over as a file. */
export function camera(dialog, take) {
  const view = dialog.querySelector("video");
  const button = dialog.querySelector("#camera-take");
  const problem = dialog.querySelector("#camera-problem");
  let stream = null;
  let count = 0;

  const off = () => {
    stream?.getTracks().forEach(track => track.stop());
    stream = view.srcObject = null;
    button.disabled = true;
  };
  const refuse = text => {
    problem.textContent = text;
    problem.hidden = false;
    view.hidden = true;
  };

  dialog.addEventListener("close", off);
  dialog.querySelector("#camera-close").addEventListener("click", () => dialog.close());
  button.addEventListener("click", () => {
    const canvas = document.createElement("canvas");
    canvas.width = view.videoWidth;
    canvas.height = view.videoHeight;
    canvas.getContext("2d").drawImage(view, 0, 0);
    canvas.toBlob(
      blob => {
        take(new File([blob], `camera ${++count}.jpg`, { type: "image/jpeg" }));
        dialog.close();
      },
      "image/jpeg",
      0.92);
  });

  return async () => {
    problem.hidden = true;
    view.hidden = false;
    dialog.showModal();
    if (!navigator.mediaDevices) {
      refuse("The browser gives the camera to pages with https:// or on localhost only.");
      return;
    }
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!dialog.open) {
        opened.getTracks().forEach(track => track.stop());
        return;
      }
      view.srcObject = stream = opened;
      await view.play();
      button.disabled = false;
      button.focus();
    } catch (e) {
      refuse(e.name === "NotAllowedError" ? "The camera was not allowed." : "There is no camera that can be used.");
    }
  };
}
