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


def training_step(model, precision, batch, side, threads):
    import torch
    import torchvision

    batch, side = int(batch), int(side)
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    bf16 = precision == "bf16"
    pictures = torch.randn(batch, 3, side, side)
    targets = torch.randint(1000, (batch,))
    loss_of = torch.nn.CrossEntropyLoss()

    def step_in(layout):
        network = getattr(torchvision.models, model)().train().to(memory_format=layout)
        x = pictures.contiguous(memory_format=layout)
        optimizer = torch.optim.SGD(network.parameters(), lr=1e-4, momentum=0.9)

        def step():
            with torch.cpu.amp.autocast(enabled=bf16, dtype=torch.bfloat16):
                loss = loss_of(network(x), targets)
            if not loss.isfinite():
                raise ValueError("the loss is no longer finite")
            loss.backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

        return step

    def seconds(step):
        step()
        start = time.perf_counter()
        step()
        step()
        return time.perf_counter() - start

    layouts = {"channels-last": torch.channels_last, "contiguous": torch.contiguous_format}
    steps = {name: step_in(layout) for name, layout in layouts.items()}
    better = min(steps, key=lambda name: seconds(steps[name]))
    step = steps.pop(better)
    steps.clear()

    def work(n):
        for _ in range(n):
            step()
        return n * batch

    serve("torch %s, torchvision %s, %s (the faster layout)" % (
        torch.__version__, torchvision.__version__, better), work)


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


def main():
    try:
        import torch  # noqa: F401
        import torchvision  # noqa: F401
    except ImportError as e:
        answers.write("unavailable %s has no torch and torchvision (%s)\n" % (sys.executable, e))
        return
    {"training-step": training_step, "loading": loading}[sys.argv[1]](*sys.argv[2:])


main()
