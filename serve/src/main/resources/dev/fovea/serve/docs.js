"use strict";
(async () => {
  const api = await (await fetch("/openapi.json")).json();
  const make = (tag, text, cls) => {
    const element = document.createElement(tag);
    element.textContent = text;
    if (cls) element.className = cls;
    return element;
  };
  document.getElementById("about").textContent = api.info.description;
  document.getElementById("curl").textContent =
    `curl -X POST -T cat.jpg -H 'Content-Type: image/jpeg' ${location.origin}/v1/models/NAME/predict\n` +
    `curl -F image=@cat.jpg -F image=@dog.jpg '${location.origin}/v1/models/NAME/predict?top=3'`;
  const resolve = node => node.$ref ? node.$ref.slice(2).split("/").reduce((at, key) => at[key], api) : node;
  for (const [path, operations] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const section = document.createElement("section");
      section.className = "operation";
      const title = make("h3", "");
      title.append(make("code", `${method.toUpperCase()} ${path}`));
      section.append(title, make("p", operation.summary));
      const body = operation.requestBody && resolve(operation.requestBody);
      if (body) section.append(make("p", `Body: ${Object.keys(body.content).join(", ")}`, "quiet"));
      const answers = Object.entries(operation.responses).map(([code, answer]) => `${code} ${resolve(answer).description}`);
      section.append(make("p", answers.join(" · "), "quiet"));
      document.getElementById("operations").append(section);
    }
  }
})();
