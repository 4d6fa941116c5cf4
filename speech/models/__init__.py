"""Models: which there are, which are here, and how they get here safely."""

from speech.models.catalogue import DOWNLOADABLE, PACKAGED, DownloadableModel, ModelKind, PackagedModel, downloadable
from speech.models.errors import ModelError
from speech.models.installation import Consent, HowToInstall, install, install_model
from speech.models.inventory import ModelStatus, Presence, Verdict, installed, list_models, verify, verify_packaged

__all__ = [
    "DOWNLOADABLE",
    "PACKAGED",
    "Consent",
    "HowToInstall",
    "DownloadableModel",
    "ModelError",
    "ModelKind",
    "ModelStatus",
    "PackagedModel",
    "Presence",
    "Verdict",
    "downloadable",
    "install",
    "install_model",
    "installed",
    "list_models",
    "verify",
    "verify_packaged",
]
