#!/usr/bin/env python3
"""Loads a network that Ganymede exported into PyTorch modules, checks it, and writes it back.

    ganymede export runs/latest --format safetensors
    python3 examples/load_in_pytorch.py generator.pytorch.safetensors --save again.safetensors
    ganymede import again.safetensors --out generator.safetensors

Needs Python 3.11 and the packages torch, numpy and safetensors. The modules follow from the recipe in the file's
metadata; the names of the file's tensors are those of the modules' state_dict(). Images are [batch, channels,
height, width].
"""

import argparse
import json
import math
import pathlib
import tomllib
from collections import OrderedDict

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional


def same_padding(large, small, kernel, stride):
    """What Keras' "same" adds before and behind an axis between a size and that size divided by the stride."""
    total = max((small - 1) * stride + kernel - large, 0)
    return total // 2, total - total // 2


class SameConv2d(nn.Conv2d):
    """A convolution with Keras' "same" padding, whose odd remainder goes behind."""

    def forward(self, x):
        height, width = (same_padding(size, math.ceil(size / self.stride[0]), self.kernel_size[0], self.stride[0])
                         for size in x.shape[2:])
        return super().forward(functional.pad(x, (*width, *height)))


class SameConvTranspose2d(nn.ConvTranspose2d):
    """The transposed convolution that makes an image larger by exactly the stride."""

    def __init__(self, *channels, kernel_size, stride, bias):
        super().__init__(*channels, kernel_size, stride, bias=bias, output_padding=max(stride - kernel_size, 0))

    def forward(self, x):
        stride, whole = self.stride[0], super().forward(x)
        height, width = (size * stride for size in x.shape[2:])
        top, left = (same_padding(size * stride, size, self.kernel_size[0], stride)[0] for size in x.shape[2:])
        return whole[:, :, top:top + height, left:left + width]


class Residual(nn.Module):
    """A block of two convolutions that the image also goes round."""

    def __init__(self, channels, hidden, kernel, slope):
        super().__init__()
        self.slope = slope
        self.first = SameConv2d(channels, hidden, kernel)
        self.second = SameConv2d(hidden, channels, kernel)

    def forward(self, x):
        hidden = self.first(functional.leaky_relu(x, self.slope))
        return x + self.second(functional.leaky_relu(hidden, self.slope))


class JoinLabel(nn.Module):
    """The label as a one-hot vector behind the features or behind the channels of every pixel."""

    def __init__(self, classes):
        super().__init__()
        self.classes = classes

    def forward(self, x, label):
        one_hot = functional.one_hot(label, self.classes).to(x.dtype)
        if x.dim() == 4:
            one_hot = one_hot[:, :, None, None].expand(-1, -1, *x.shape[2:])
        return torch.cat([x, one_hot], dim=1)


class SelectLabel(nn.Module):
    """The feature that the label names."""

    def forward(self, x, label):
        return x.gather(1, label[:, None])


class Network(nn.Sequential):
    def forward(self, x, label=None):
        for module in self:
            x = module(x, label) if isinstance(module, (JoinLabel, SelectLabel)) else module(x)
        return x


def convolution(layer, channels):
    transposed = layer["kind"] == "conv_transpose"
    arguments = dict(kernel_size=layer["kernel"], stride=layer.get("stride", 1), bias=layer.get("bias", True))
    padding = layer.get("padding", "same")
    if padding == "same":
        return (SameConvTranspose2d if transposed else SameConv2d)(channels, layer["channels"], **arguments)
    return (nn.ConvTranspose2d if transposed else nn.Conv2d)(channels, layer["channels"], padding=padding, **arguments)


def module_of(layer, shape):
    """The module for one layer of a recipe whose input is a sample of `shape`, the channels first."""
    match layer["kind"]:
        case "dense":
            return nn.Linear(shape[0], layer["units"], bias=layer.get("bias", True))
        case "conv" | "conv_transpose":
            return convolution(layer, shape[0])
        case "residual":
            return Residual(shape[0], layer["hidden"], layer.get("kernel", 3), layer.get("slope", 0.2))
        case "upsample":
            return nn.Upsample(scale_factor=layer.get("factor", 2), mode=layer.get("mode", "nearest"))
        case "avg_pool":
            return nn.AvgPool2d(layer.get("factor", 2))
        case "batch_norm":
            norm = nn.BatchNorm1d if len(shape) == 1 else nn.BatchNorm2d
            return norm(shape[0], eps=layer.get("epsilon", 1e-3), momentum=1 - layer.get("momentum", 0.99))
        case "leaky_relu":
            return nn.LeakyReLU(layer.get("slope", 0.2))
        case "relu":
            return nn.ReLU()
        case "tanh":
            return nn.Tanh()
        case "sigmoid":
            return nn.Sigmoid()
        case "leaky_hard_tanh":
            return nn.Hardtanh()  # it leaks in training alone
        case "dropout":
            return nn.Dropout(layer["rate"])
        case "reshape":
            *sides, channels = layer["shape"]
            return nn.Unflatten(1, (channels, *sides))
        case "flatten":
            return nn.Flatten()
        case "join_label":
            return JoinLabel(layer.get("classes", 10))
        case "select_label":
            return SelectLabel()
    raise ValueError(f"no module for the layer {layer['kind']}")


def build(layers, shape):
    """The network for samples of `shape`, the channels first, and the shape of its output."""
    modules, counts = OrderedDict(), {}
    x, label = torch.zeros(1, *shape), torch.zeros(1, dtype=torch.int64)
    for layer in layers:
        kind = layer["kind"]
        counts[kind] = counts.get(kind, 0) + 1
        module = modules[f"{kind}_{counts[kind]}"] = module_of(layer, x.shape[1:]).eval()
        x = Network(module)(x, label)
    return Network(modules).eval(), x.shape[1:]


def load(path):
    """The network in a file, ready for inference, and the file's metadata."""
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    recipe = tomllib.loads(metadata["recipe"])
    network, image = build(recipe["generator"]["layers"], (recipe["latent"]["size"],))
    if metadata["network"] == "discriminator":
        network, _ = build(recipe["discriminator"]["layers"], image)
    network.load_state_dict(tensors)
    return network, metadata


def save(network, metadata, path):
    """Writes a network for `ganymede import`. Counters of batches, which are no floats, stay behind."""
    tensors = {name: tensor.contiguous() for name, tensor in network.state_dict().items()
               if not name.endswith("num_batches_tracked")}
    save_file(tensors, path, {key: value for key, value in metadata.items() if key != "sha256"})


def compare_with_card(network, card):
    """The largest difference between the network's output and what the model card expects."""
    facts = json.loads(card.read_text().split("```json\n")[1].split("\n```")[0])
    x = torch.tensor(facts["input"]).reshape(1, *facts["input_shape"])
    x = x.movedim(-1, 1) if x.dim() > 2 else x
    with torch.no_grad():
        output = network(x, torch.tensor([facts["label"]]))
    output = output.movedim(1, -1) if output.dim() > 2 else output
    return max(abs(output.flatten()[index].item() - value) for index, value in zip(facts["index"], facts["output"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--save", type=pathlib.Path, help="write the network to this file")
    arguments = parser.parse_args()
    network, metadata = load(arguments.file)
    print(network)
    card = arguments.file.with_name(arguments.file.name + ".md")
    if card.exists():
        print(f"at most {compare_with_card(network, card):.2g} from the outputs on the model card")
    if arguments.save:
        save(network, metadata, arguments.save)


if __name__ == "__main__":
    main()
