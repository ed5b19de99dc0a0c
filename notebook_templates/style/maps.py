# mypy: ignore-errors
"""Outlines for maps, from bqplot's own files."""

import bqplot as bq
import numpy as np


def outlines(*files):
    """Coasts and borders as two arrays, longitude and latitude; NaN parts one line from the next."""
    pieces = []
    for file in files:
        topology = bq.topo_load(f"map_data/{file}")
        scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
        for arc in topology["arcs"]:
            pieces += [np.cumsum(arc, axis=0) * scale + shift, [[np.nan, np.nan]]]
    return np.concatenate(pieces).T


def world():
    """The countries of bqplot's world map, but for Antarctica."""
    topology = bq.topo_load("map_data/WorldMap.json")
    countries = topology["objects"]["subunits"]
    countries["geometries"] = [country for country in countries["geometries"] if country["id"] != 10]
    return topology
