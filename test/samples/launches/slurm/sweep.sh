#!/bin/sh
#SBATCH -J sweep
#SBATCH --array=0-15%4
#SBATCH --ntasks=2
#SBATCH --gpus-per-task=h100:1
#SBATCH -t 90
srun ./sweep
