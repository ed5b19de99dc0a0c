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


def view(longitudes, latitudes, ratio=1.65):
    """West, east, south and north of where nearly all points are, in the shape of the figure."""
    west, east = longitudes.quantile([0.01, 0.99])
    south, north = latitudes.quantile([0.01, 0.99])
    # A degree of longitude is shorter than one of latitude, here as in the middle latitudes.
    width = max((east - west) * 1.15, (north - south) * 1.15 * ratio / 0.8, 1.0)
    height = width * 0.8 / ratio
    middle, centre = (west + east) / 2, (south + north) / 2
    return middle - width / 2, middle + width / 2, centre - height / 2, centre + height / 2
