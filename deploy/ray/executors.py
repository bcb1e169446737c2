"""Executors as Ray tasks: python executors.py --count 8 --cpus 4 --memory 12GB --data /mnt/data --redis redis://host:6379

Each holds its Ray resources while it runs; Ctrl-C, or ray stop, ends them all after their tasks.
"""

import argparse
import os
import signal
import subprocess

import ray


@ray.remote(max_retries=-1)
def executor(home, data, redis, cpus, memory):
    """One executor until it ends; Ray starts it again when its node is lost."""
    environment = {**os.environ, "SLUICE_DATA": data, "SLUICE_REDIS": redis}
    command = ["node", os.path.join(home, "dist/gateway/cli/main.js"), "executor"]
    options = ["--threads", str(cpus), "--memory", memory, "--labels", "ray"]
    child = subprocess.Popen(command + options, env=environment)
    try:
        return child.wait()
    except BaseException:
        child.send_signal(signal.SIGTERM)
        child.wait()
        raise


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--cpus", type=int, default=1)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--data", required=True)
    parser.add_argument("--redis", default=os.environ.get("SLUICE_REDIS"))
    parser.add_argument("--home", default="/opt/sluice")
    given = parser.parse_args()
    ray.init()
    running = [
        executor.options(num_cpus=given.cpus).remote(given.home, given.data, given.redis, given.cpus, given.memory)
        for _ in range(given.count)
    ]
    try:
        ray.get(running)
    except KeyboardInterrupt:
        for task in running:
            ray.cancel(task)


if __name__ == "__main__":
    main()
