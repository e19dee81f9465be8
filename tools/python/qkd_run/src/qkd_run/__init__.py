"""Distilled quantum neural networks of qkd-run: predict with them, read and write its files, run it.

Every refusal is a `QkdRunError`, whose `code` is the program's exit code; what is wrong with a file or with rows is a
`BadDataError`, which is a `ValueError` too. A file that cannot be opened is Python's `OSError`.
"""

from .autoencoder import Autoencoder
from .command_line import command_line
from .dataset import Dataset
from .errors import BadDataError, QkdRunError
from .jobs import compress, devices, distill, evaluate, reproduce, train
from .model import Model
from .observable import Observable
from .predictions import Predictions
from .program import QkdRunWarning, find_program, run
from .report import Report
from .report_parts import ReportComparison, ReportRow
from .student import Student
from .tape import LogitTape
from .tensor_file import TensorFile

__version__ = "0.1.0"
__all__ = [
    "Autoencoder", "BadDataError", "Dataset", "LogitTape", "Model", "Observable", "Predictions", "QkdRunError",
    "QkdRunWarning", "Report", "ReportComparison", "ReportRow", "Student", "TensorFile", "command_line", "compress",
    "devices", "distill", "evaluate", "find_program", "reproduce", "run", "train",
]
