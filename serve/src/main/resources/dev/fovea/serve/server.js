/** Calls of the server: models, predictions, and failures as sentences. */
import { LEAST_SCORE, classesOf, findsObjects } from "/objects.js";

const MOST_TRIES = 12;
const LONGEST_WAIT_SECONDS = 60;
const TOKEN = "fovea.token";

/** Something that was not answered as asked; its message is a sentence for people. */
export class Failure extends Error {
  constructor(sentence, status = 0) {
    super(sentence);
    this.status = status;
  }
}

/** A sentence: begins with a capital letter and ends with a full stop. */
export function sentence(text) {
  const plain = String(text).trim();
  return plain.charAt(0).toUpperCase() + plain.slice(1) + (/[.!?…]$/.test(plain) ? "" : ".");
}

/** What a problem (RFC 9457) says. */
export function told(problem, status) {
  if (problem?.title && problem?.detail) {
    // A picture that is sent alone has no name there; its card has.
    return sentence(`${problem.title}: ${problem.detail.replace(/^the picture: /, "")}`);
  }
  return sentence(problem?.detail ?? problem?.title ?? `The server answered with status ${status}`);
}

let askForToken = () => Promise.reject(new Failure("A token is needed.", 401));
let asked = null;

/** Sets who asks a person for the token; it is told whether one was refused before. */
export function onTokenNeeded(ask) {
  askForToken = ask;
}

function token() {
  return sessionStorage.getItem(TOKEN);
}

/** Asks once, however many requests were refused. */
async function newToken(refused) {
  if (token() !== refused) {
    return;
  }
  asked ??= askForToken(refused !== null)
    .then(value => sessionStorage.setItem(TOKEN, value))
    .finally(() => (asked = null));
  await asked;
}

/** Ends early, with the signal's reason, if the signal is raised. */
function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

async function send(path, options) {
  const used = token();
  const headers = { ...options.headers };
  if (used !== null) {
    headers.Authorization = `Bearer ${used}`;
  }
  try {
    return [await fetch(path, { ...options, headers }), used];
  } catch (e) {
    if (options.signal?.aborted) {
      throw e;
    }
    throw new Failure("The server does not answer. Is it still running?");
  }
}

/** The JSON of an answer. A busy server is asked again when it said; `onWait` hears for how many seconds. */
async function call(path, { onWait, ...options } = {}) {
  for (let tries = 1; ; tries++) {
    const [answer, used] = await send(path, options);
    if (answer.status === 401) {
      await newToken(used);
      continue;
    }
    if (answer.ok) {
      return answer.json();
    }
    const problem = await answer.json().catch(() => null);
    const wait = Math.min(Number.parseFloat(answer.headers.get("Retry-After")) || 0, LONGEST_WAIT_SECONDS);
    if (answer.status !== 429 || tries === MOST_TRIES) {
      throw new Failure(told(problem, answer.status), answer.status);
    }
    onWait?.(Math.max(1, wait));
    await pause(Math.max(1, wait) + Math.random() * 0.25, options.signal);
  }
}

/** What can be chosen: every model, and its older versions. */
export async function choices() {
  const { models } = await call("/v1/models");
  return models.flatMap(model => {
    const versions = [...model.versions].reverse();
    return versions.map((version, i) => ({
      model,
      version,
      id: i === 0 ? model.name : `${model.name}@${version}`,
      title: versions.length === 1 ? model.name : `${model.name}, version ${version}`,
      path: `/v1/models/${encodeURIComponent(model.name)}${i === 0 ? "" : `/versions/${version}`}/predict`,
    }));
  });
}

/** The best classes of one picture, or its objects and their classes, with the time the whole call took in milliseconds. */
export async function predict(choice, file, top, { signal, onWait } = {}) {
  let begin = performance.now();
  const wish = findsObjects(choice) ? `threshold=${LEAST_SCORE}` : `top=${top}`;
  const answer = await call(`${choice.path}?${wish}`, {
    method: "POST",
    body: file,
    headers: { "Content-Type": file.type.startsWith("image/") ? file.type : "application/octet-stream" },
    signal,
    onWait: seconds => {
      begin = performance.now() + seconds * 1000;
      onWait?.(seconds);
    },
  });
  const [prediction] = answer.predictions;
  if (prediction.problem) {
    throw new Failure(told(prediction.problem, prediction.problem.status), prediction.problem.status);
  }
  if (prediction.objects) {
    prediction.classes = classesOf(prediction.objects);
  }
  return { ...prediction, version: answer.version, milliseconds: { ...answer.milliseconds, call: performance.now() - begin } };
}

/** Runs at most so many tasks at a time; the others wait in order. */
export function limiter(most) {
  let running = 0;
  const waiting = [];
  return async task => {
    if (running === most) {
      await new Promise(resolve => waiting.push(resolve));
    } else {
      running++;
    }
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) {
        next();
      } else {
        running--;
      }
    }
  };
}
