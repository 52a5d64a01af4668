"""A device without float64, as far as a test can have one."""

import torch


class Narrow(torch.Tensor):
    """A tensor that says it is on Apple's GPU and, as there, cannot be made float64."""

    device = torch.device("mps", 0)

    def double(self):
        raise TypeError("Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64.")

    def cpu(self):
        return self.as_subclass(torch.Tensor)


def narrow(tensor):
    """Return the same numbers on that device."""
    return tensor.as_subclass(Narrow)
