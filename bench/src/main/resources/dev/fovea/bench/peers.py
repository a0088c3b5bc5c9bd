"""The contenders in Python: torch and torchvision as the distribution packages them.

Answers the same protocol as the contenders in Java: says what it is, then does N repetitions for each line N.
"""
import os
import sys
import time

answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)  # what libraries print must not get between the answers


def serve(description, work):
    answers.write("ready %s\n" % description)
    for line in sys.stdin:
        start = time.perf_counter()
        pictures = work(int(line))
        answers.write("done %.9f %d\n" % (time.perf_counter() - start, pictures))


LAYOUTS = ("channels_last", "contiguous_format")


def in_the_better_layout(make):
    """The repetition in the faster of both memory layouts: each is tried three times in turn, the fastest counts."""
    import torch

    repetitions = {name: make(getattr(torch, name)) for name in LAYOUTS}
    fastest = dict.fromkeys(LAYOUTS, float("inf"))
    for _ in range(4):
        for name, repeat in repetitions.items():
            start = time.perf_counter()
            repeat()
            fastest[name] = min(fastest[name], time.perf_counter() - start)
    better = min(LAYOUTS, key=fastest.get)
    return repetitions[better], better.replace("_", " ")


def describe(layout):
    import torch
    import torchvision

    return "torch %s, torchvision %s, %s (the faster layout)" % (torch.__version__, torchvision.__version__, layout)


def training(network, precision, loss_of_batch):
    """A step of training: forward, backward, SGD."""
    import torch

    optimizer = torch.optim.SGD(network.parameters(), lr=1e-4, momentum=0.9)

    def step():
        with torch.cpu.amp.autocast(enabled=precision == "bf16", dtype=torch.bfloat16):
            loss = loss_of_batch()
        if not loss.isfinite():
            raise ValueError("the loss is no longer finite")
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return step


def serve_steps(step_in, batch):
    step, layout = in_the_better_layout(step_in)

    def work(n):
        for _ in range(n):
            step()
        return n * batch

    serve(describe(layout), work)


def training_step(model, precision, batch, side, threads):
    import torch
    import torchvision

    batch, side = int(batch), int(side)
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    pictures = torch.randn(batch, 3, side, side)
    targets = torch.randint(1000, (batch,))
    loss_of = torch.nn.CrossEntropyLoss()
    auxiliary = {"googlenet": 0.3, "inception_v3": 0.4}.get(model, 0)

    def total_loss(out):
        if torch.is_tensor(out):
            return loss_of(out, targets)
        return loss_of(out[0], targets) + auxiliary * sum(loss_of(o, targets) for o in out[1:] if o is not None)

    def step_in(layout):
        network = getattr(torchvision.models, model)().train().to(memory_format=layout)
        x = pictures.contiguous(memory_format=layout)
        return training(network, precision, lambda: total_loss(network(x)))

    serve_steps(step_in, batch)


def detect_step(model, precision, batch, side, threads):
    import torch
    import torchvision

    batch, side = int(batch), int(side)
    width = side * 4 // 3
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    pictures = [torch.rand(3, side, width) for _ in range(batch)]
    sides = [side * (k + 1) / 16 for k in range(8)]
    places = [(k * (width - s) / 8, (8 - k) * (side - s) / 8, s) for k, s in enumerate(sides)]
    target = {"boxes": torch.tensor([(x, y, x + s, y + s) for x, y, s in places]), "labels": torch.arange(1, 9)}

    def step_in(layout):
        network = getattr(torchvision.models.detection, model)(
            weights=None, weights_backbone=None, min_size=side, max_size=width)
        network.train().to(memory_format=layout)
        return training(network, precision, lambda: sum(network(pictures, [target] * batch).values()))

    serve_steps(step_in, batch)


def region_operation(name, threads):
    import torch
    import torchvision

    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    count = 2000 if name == "nms" else 1000
    sides = torch.empty(count, 2).uniform_(16, 256)
    corners = torch.rand(count, 2) * (torch.tensor([136.0, 100.0]) * 8 - sides)
    boxes = torch.cat([corners, corners + sides], 1)
    if name == "nms":
        scores = torch.rand(count)

        def once():
            torchvision.ops.nms(boxes, scores, 0.7)

        description = "torchvision %s" % torchvision.__version__
    else:
        back = name.endswith("backward")
        maps = torch.randn(2, 256, 100, 136)

        def make(layout):
            x = maps.contiguous(memory_format=layout).requires_grad_(back)

            def pool():
                pooled = torchvision.ops.roi_align(x, list(boxes.chunk(2)), 7, 1 / 8, 2)
                if back:
                    pooled.sum().backward()
                    x.grad = None

            return pool

        once, layout = in_the_better_layout(make)
        description = describe(layout)

    def work(n):
        for _ in range(n):
            once()
        return n

    serve(description, work)


def inference(model, precision, batch, side, threads):
    import torch
    import torchvision

    batch, side = int(batch), int(side)
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    pictures = torch.randn(batch, 3, side, side)

    def pass_in(layout):
        network = getattr(torchvision.models, model)().eval().to(memory_format=layout)
        x = pictures.contiguous(memory_format=layout)

        def once():
            with torch.inference_mode(), torch.cpu.amp.autocast(enabled=precision == "bf16", dtype=torch.bfloat16):
                network(x)

        return once

    once, layout = in_the_better_layout(pass_in)

    def work(n):
        for _ in range(n):
            once()
        return n * batch

    serve(describe(layout), work)


def loading(folder, workers):
    import PIL
    import torch
    import torchvision
    from torchvision import transforms

    data = torchvision.datasets.ImageFolder(folder, transforms.Compose([
        transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]))
    loader = torch.utils.data.DataLoader(data, batch_size=16, num_workers=int(workers), persistent_workers=True)

    def work(n):
        return sum(len(targets) for _ in range(n) for _, targets in loader)

    serve("Pillow %s, torchvision %s, %s workers" % (PIL.__version__, torchvision.__version__, workers), work)


def torchscript(model, side, traced, frozen):
    """Not a contender: writes a network with random weights, as traced, and with its weights frozen into it."""
    import torch
    import torchvision

    torch.manual_seed(1)
    network = getattr(torchvision.models, model)().eval()
    with torch.inference_mode():
        script = torch.jit.trace(network, torch.randn(1, 3, int(side), int(side)))
        script.save(traced)
        torch.jit.freeze(script).save(frozen)


def folder(model, path, batch, threads):
    import PIL
    import torch
    import torchvision
    from torchvision import transforms

    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    data = torchvision.datasets.ImageFolder(path, transforms.Compose([
        transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]))
    loader = torch.utils.data.DataLoader(
        data, batch_size=int(batch), num_workers=int(threads), persistent_workers=True)

    def pass_in(layout):
        network = getattr(torchvision.models, model)().eval().to(memory_format=layout)

        def look(x):
            with torch.inference_mode():
                return network(x.contiguous(memory_format=layout)).softmax(1).max(1)

        return look

    first = next(iter(loader))[0]
    looks = {}

    def once_in(layout):
        looks[layout] = pass_in(layout)
        return lambda: looks[layout](first)

    _, layout = in_the_better_layout(once_in)
    look = looks[getattr(torch, layout.replace(" ", "_"))]

    def work(n):
        pictures = 0
        for _ in range(n):
            for x, _ in loader:
                pictures += len(look(x)[0])
        return pictures

    serve("Pillow %s, %s, %s workers" % (PIL.__version__, describe(layout), threads), work)


def main():
    try:
        import torch  # noqa: F401
        import torchvision  # noqa: F401
    except ImportError as e:
        answers.write("unavailable %s has no torch and torchvision (%s)\n" % (sys.executable, e))
        return
    contenders = {"training-step": training_step, "inference": inference,
                  "detect-step": detect_step, "region-operation": region_operation, "loading": loading, "folder": folder,
                  "torchscript": torchscript}
    contenders[sys.argv[1]](*sys.argv[2:])


main()
