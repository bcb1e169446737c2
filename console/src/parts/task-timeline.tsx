import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TaskJson } from '../api.ts';
import { countText, durationText } from '../format.ts';
import { readColours } from './colours.ts';
import type { Bar } from './timeline-lanes.ts';
import { layOutLanes } from './timeline-lanes.ts';

const NAME_WIDTH = 130;
const AXIS_HEIGHT = 22;
const LANE_HEIGHT = 14;
/** A canvas of more is not drawn by all browsers; lanes get thinner then. */
const HEIGHT_MAX = 8000;

interface TimelineProps {
  readonly tasks: readonly TaskJson[];
  readonly startedMs: number;
  readonly endedMs: number | null;
  readonly selected: TaskJson | null;
  readonly onSelect: (task: TaskJson) => void;
}

/** Tasks over time, a lane for each an executor ran at once. Drawn on a canvas: there may be tens of thousands. */
export function TaskTimeline({ tasks, startedMs: queryMs, endedMs, selected, onSelect }: TimelineProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(800);
  const [hovered, setHovered] = useState<{ readonly bar: Bar; readonly x: number; readonly y: number } | null>(null);
  const lanes = useMemo(() => layOutLanes(tasks, Date.now()), [tasks]);
  const startedMs = lanes.bars.reduce((first, bar) => Math.min(first, bar.startMs), queryMs);
  const lastMs = lanes.bars.reduce((last, bar) => Math.max(last, bar.endMs), Math.max(endedMs ?? Date.now(), startedMs + 1));
  const laneHeight = Math.max(2, Math.min(LANE_HEIGHT, (HEIGHT_MAX - AXIS_HEIGHT) / Math.max(1, lanes.laneCount)));
  const height = AXIS_HEIGHT + Math.ceil(Math.max(1, lanes.laneCount) * laneHeight);
  const scale = (width - NAME_WIDTH - 8) / (lastMs - startedMs);

  useEffect(() => {
    const parent = canvas.current?.parentElement;
    if (parent === null || parent === undefined) {
      return undefined;
    }
    const observer = new ResizeObserver(() => setWidth(parent.clientWidth));
    observer.observe(parent);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (canvas.current !== null && context !== null && context !== undefined) {
      draw(canvas.current, context);
    }
  });

  function draw(target: HTMLCanvasElement, context: CanvasRenderingContext2D): void {
    const ratio = devicePixelRatio;
    target.width = width * ratio;
    target.height = height * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const colour = readColours(target.parentElement ?? target);
    context.clearRect(0, 0, width, height);
    context.font = '11px system-ui, sans-serif';
    context.fillStyle = colour('--text-soft');
    const ticks = width < 600 ? 2 : 4;
    for (let tick = 0; tick <= ticks; tick += 1) {
      const x = NAME_WIDTH + ((width - NAME_WIDTH - 8) * tick) / ticks;
      context.textAlign = tick === 0 ? 'left' : tick === ticks ? 'right' : 'center';
      context.fillText(durationText(((lastMs - startedMs) * tick) / ticks), x, 14);
      context.globalAlpha = 0.25;
      context.fillRect(x, AXIS_HEIGHT - 4, 1, height);
      context.globalAlpha = 1;
    }
    context.textAlign = 'left';
    for (const { name, lane } of lanes.executors) {
      context.fillText(name.length > 20 ? `${name.slice(0, 19)}…` : name, 2, AXIS_HEIGHT + lane * laneHeight + 11, NAME_WIDTH - 6);
    }
    for (const bar of lanes.bars) {
      const x = NAME_WIDTH + (bar.startMs - startedMs) * scale;
      const y = AXIS_HEIGHT + bar.lane * laneHeight;
      const barWidth = Math.max(1, (bar.endMs - bar.startMs) * scale - (laneHeight > 4 ? 0.5 : 0));
      const { state, stage } = bar.task;
      context.fillStyle = state === 'failed' ? colour('--bad') : state === 'canceled' ? colour('--line') : colour(`--stage-${(stage - 1) % 6}`);
      context.globalAlpha = state === 'running' ? 0.6 : 1;
      context.fillRect(x, y + 1, barWidth, Math.max(1, laneHeight - 2));
      context.globalAlpha = 1;
      if (bar.isStraggler || isSame(bar.task, selected)) {
        context.strokeStyle = isSame(bar.task, selected) ? colour('--text') : colour('--warn-strong');
        context.lineWidth = 2;
        context.strokeRect(x, y + 1, barWidth, Math.max(1, laneHeight - 2));
      }
    }
  }

  function barAt(event: MouseEvent): Bar | undefined {
    const box = canvas.current?.getBoundingClientRect();
    const x = event.clientX - (box?.left ?? 0);
    const lane = Math.floor((event.clientY - (box?.top ?? 0) - AXIS_HEIGHT) / laneHeight);
    const atMs = startedMs + (x - NAME_WIDTH) / scale;
    // A bar of a pixel is found by its pixel.
    const slackMs = 1.5 / scale;
    return lanes.bars.findLast((bar) => bar.lane === lane && atMs >= bar.startMs - slackMs && atMs <= bar.endMs + slackMs);
  }

  const stragglers = lanes.bars.filter(({ isStraggler }) => isStraggler).length;
  const hint = `${countText(lanes.bars.length)} attempts of tasks on ${lanes.executors.length} executors, ${stragglers} of them stragglers`;
  return (
    <div>
      <p class="soft">
        {hint}. Colours are stages; red failed, grey was cancelled; a frame marks what took 1.5 times its stage's median and 200 ms more. The same as a table is
        below.
      </p>
      <div class="timeline" tabIndex={0} role="group" aria-label="Task timeline">
        <canvas
          ref={canvas}
          style={{ width: `${width}px`, height: `${height}px` }}
          role="img"
          aria-label={hint}
          onMouseMove={(event) => {
            const bar = barAt(event);
            setHovered(bar === undefined ? null : { bar, x: event.offsetX, y: event.offsetY });
          }}
          onMouseLeave={() => setHovered(null)}
          onClick={(event) => {
            const bar = barAt(event);
            if (bar !== undefined) {
              onSelect(bar.task);
            }
          }}
        />
        {hovered === null ? null : (
          <div class="tooltip" style={{ left: `${Math.min(hovered.x + 12, width - 220)}px`, top: `${hovered.y + 14}px` }}>
            <b>
              stage {hovered.bar.task.stage}, task {hovered.bar.task.task}
            </b>
            {hovered.bar.task.attempt === 1 ? '' : `, attempt ${hovered.bar.task.attempt}`}
            <br />
            {hovered.bar.task.state}, {durationText(hovered.bar.endMs - hovered.bar.startMs)}, {countText(hovered.bar.task.rowCount)} rows
          </div>
        )}
      </div>
    </div>
  );
}

/** True for the same attempt of the same task. */
export function isSame(a: TaskJson, b: TaskJson | null): boolean {
  return b !== null && a.stage === b.stage && a.task === b.task && a.attempt === b.attempt;
}
