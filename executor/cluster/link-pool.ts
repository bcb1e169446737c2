import { DialledLink } from './dialled-link.js';
import type { LinkPlace } from './dialled-link.js';
import type { TaskJob } from './link-messages.js';

/** Links that nobody uses are kept so long: a running query's next task is milliseconds away. */
const IDLE_MS = 30_000;

/** Connections to gateways, kept from task to task. */
export class LinkPool {
  readonly #place: LinkPlace;
  readonly #idle = new Map<string, { readonly link: DialledLink; readonly timer: NodeJS.Timeout }[]>();
  readonly #used = new Set<DialledLink>();

  constructor(place: LinkPlace) {
    this.#place = place;
  }

  /** A link to the gateway; rejects when it cannot be reached. */
  async take(job: TaskJob): Promise<DialledLink> {
    const idle = this.#idle.get(job.gateway) ?? [];
    for (let kept = idle.pop(); kept !== undefined; kept = idle.pop()) {
      clearTimeout(kept.timer);
      if (!kept.link.lost) {
        this.#used.add(kept.link);
        return kept.link;
      }
    }
    const link = await DialledLink.dial(job, this.#place);
    this.#used.add(link);
    return link;
  }

  /** Keeps a link for the next task. */
  give(job: TaskJob, link: DialledLink): void {
    this.#used.delete(link);
    if (link.lost) {
      return;
    }
    const kept = this.#idle.get(job.gateway) ?? [];
    const timer = setTimeout(() => {
      this.#idle.set(
        job.gateway,
        (this.#idle.get(job.gateway) ?? []).filter((other) => other.link !== link),
      );
      link.close();
    }, IDLE_MS);
    timer.unref();
    kept.push({ link, timer });
    this.#idle.set(job.gateway, kept);
  }

  /** Ends all links, and what runs for them. */
  close(): void {
    for (const { link, timer } of [...this.#idle.values()].flat()) {
      clearTimeout(timer);
      link.close();
    }
    for (const link of this.#used) {
      link.close();
    }
  }
}
