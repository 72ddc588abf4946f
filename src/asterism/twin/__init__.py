"""A simulated bank with people in it, who answer when they are touched."""

from asterism.twin.build import build_world
from asterism.twin.world import Answers, World

__all__ = ["Answers", "World", "build_world"]
