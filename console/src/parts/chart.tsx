import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { readColours } from './colours.ts';
import 'uplot/dist/uPlot.min.css';

/** Rows that are drawn; more say no more. */
const POINTS_MAX = 2000;

export interface ResultTable {
  readonly columns: readonly { readonly name: string; readonly type: string; readonly isNumber: boolean }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** A result as a chart: its first column along, its numbers up; as lines where the first column is a number or a time, else as bars. */
export function Chart({ columns, rows }: ResultTable): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [along, setAlong] = useState(0);
  const drawn = rows.slice(0, POINTS_MAX);
  const series = columns.flatMap((column, index) => (column.isNumber && index !== along ? [index] : []));
  const first = columns[along];
  const kind = first === undefined ? 'names' : first.isNumber ? 'number' : /^(date|timestamp)/.test(first.type) ? 'time' : 'names';

  useEffect(() => {
    const { current } = place;
    if (current === null || series.length === 0 || drawn.length === 0) {
      return undefined;
    }
    const points = drawn.map((row, index) => ({ x: alongValue(row[along] ?? null, kind, index), row }));
    const sorted = kind === 'names' ? points : points.filter(({ x }) => Number.isFinite(x)).toSorted((a, b) => a.x - b.x);
    const colourOf = readColours(current);
    const axis: uPlot.Axis = { stroke: colourOf('--text-soft'), grid: { stroke: colourOf('--line'), width: 0.5 }, ticks: { show: false } };
    const names = drawn.map((row) => row[along] ?? 'NULL');
    const chart = new uPlot(
      {
        width: current.clientWidth,
        height: 320,
        scales: {
          x: { time: kind === 'time', ...(kind === 'names' ? { range: [-0.6, drawn.length - 0.4] } : {}) },
          ...(kind === 'names' ? { y: { range: fromZero } } : {}),
        },
        axes: [
          kind === 'names' ? { ...axis, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? (names[tick] ?? '') : '')) } : axis,
          { ...axis, size: 70 },
        ],
        series: [
          { label: first?.name ?? '', ...(kind === 'names' ? { value: (_: uPlot, value: number) => names[value] ?? '' } : {}) },
          ...series.map((index, order) => {
            const colour = colourOf(`--stage-${order % 6}`);
            const bars = kind === 'names' ? uPlot.paths.bars?.({ size: [0.7, 60] }) : undefined;
            return {
              label: columns[index]?.name ?? '',
              stroke: colour,
              width: 1.5,
              ...(bars === undefined ? {} : { paths: bars, fill: colour.replace('rgb(', 'rgba(').replace(')', ', 0.6)') }),
            };
          }),
        ],
      },
      [sorted.map(({ x }) => x), ...series.map((index) => sorted.map(({ row }) => numberOf(row[index] ?? null)))],
      current,
    );
    const observer = new ResizeObserver(() => chart.setSize({ width: current.clientWidth, height: 320 }));
    observer.observe(current);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [rows, columns, along]);

  if (series.length === 0) {
    return <p class="empty">There is no column of numbers to draw.</p>;
  }
  return (
    <div>
      <label class="inline">
        Along{' '}
        <select value={String(along)} onChange={(event) => setAlong(Number(event.currentTarget.value))}>
          {columns.map((column, index) => (
            <option value={String(index)} key={index}>
              {column.name}
            </option>
          ))}
        </select>
      </label>
      <div
        ref={place}
        class="chart"
        role="img"
        aria-label={`Chart of ${series.map((index) => columns[index]?.name ?? '').join(', ')} by ${first?.name ?? ''}`}
      />
      {rows.length > POINTS_MAX ? <p class="soft">The first {POINTS_MAX} rows are drawn.</p> : null}
    </div>
  );
}

/** Bars stand on nothing. */
function fromZero(_: uPlot, least: number, most: number): [number, number] {
  return [Math.min(0, least), Math.max(0, most) * 1.05];
}

function alongValue(value: string | null, kind: 'number' | 'time' | 'names', index: number): number {
  switch (kind) {
    case 'names':
      return index;
    case 'number':
      return value === null ? Number.NaN : Number(value);
    case 'time':
      return value === null ? Number.NaN : Date.parse(value.replace(' ', 'T')) / 1000;
  }
}

function numberOf(value: string | null): number | null {
  const number = value === null ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}
