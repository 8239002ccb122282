"""A course companion for people who learn deep learning in Jupyter.

Names are loaded when they are first used, so that `import coursekit` costs nearly nothing; they
are listed in `__init__.pyi`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
