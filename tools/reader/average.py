"""The mean of several sets of weights that train.py wrote (Wortsman et al. 2022, arXiv 2203.05482): python3 tools/reader/average.py OUT A B …"""
import shutil
import sys

import numpy as np

out, *sets = sys.argv[1:]
weights = [np.fromfile(f'{name}.bin', '<f4') for name in sets]
(sum(weights) / len(weights)).astype('<f4').tofile(f'{out}.bin')
shutil.copy(f'{sets[0]}.json', f'{out}.json')
