#!/usr/bin/env bash
# A sweep as a Slurm array: each task runs the part of its number, and the last line joins them.
#
#   sbatch --array=1-8 docs/deploy/sweep-slurm.sh scenarios/federated-clip.yaml
#
# Parts count from 1, as the array must. A part that was ended by a time limit or a failed machine goes on where it was
# when its task is queued again: its results are in the shared folder $ORRERY_OUT.
#SBATCH --job-name=orrery-sweep
#SBATCH --cpus-per-task=2
#SBATCH --mem=8G
#SBATCH --time=04:00:00
#SBATCH --requeue
set -euo pipefail

scenario=${1:?the scenario file}
out=${ORRERY_OUT:-runs}

npm run --silent sweep "$scenario" -- --out "$out" --threads "${SLURM_CPUS_PER_TASK:-2}" \
  --shard "${SLURM_ARRAY_TASK_ID:?this is the script of an array}/${SLURM_ARRAY_TASK_COUNT:?}" ||
  # Missed limits are a result of the whole sweep, not a failure of the task.
  [ "$?" -eq 1 ]

# Once all parts have ended: npm run merge -- "$out"/NAME/sweep-shard-*-of-"$SLURM_ARRAY_TASK_COUNT"
# and --scenario FILE, if the scenario is not below the current folder.
