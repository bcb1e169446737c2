import { Graph, layout } from '@dagrejs/dagre';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { StageSummaryJson } from '../api.ts';
import { bytesText, countText, skewOf } from '../format.ts';

const NODE_WIDTH = 230;
const NODE_HEIGHT = 84;
/** What stands beside the last edge. */
const LABEL_ROOM = 60;

/** Tasks this many times as long as the middle one are told. */
export const SKEW_TOLD = 1.5;

interface StageGraphProps {
  readonly stages: readonly StageSummaryJson[];
  readonly selected: number | null;
  readonly onSelect: (stage: number) => void;
}

/** The stages and what flows between them, the result at the bottom. */
export function StageGraph({ stages, selected, onSelect }: StageGraphProps): JSX.Element {
  const shape = stages.map(({ stage, reads }) => `${stage}<${reads.join(',')}`).join(' ');
  // The layout depends on the shape alone, which does not change while figures do.
  const placed = useMemo(() => place(stages), [shape]);
  const byNumber = new Map(stages.map((stage) => [stage.stage, stage]));
  return (
    <div class="graph" role="group" aria-label="Stages and their exchanges">
      <svg width={placed.width} height={placed.height} viewBox={`0 0 ${placed.width} ${placed.height}`}>
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
            <path d="M0 0 8 4 0 8z" class="arrow" />
          </marker>
        </defs>
        {placed.edges.map(({ from, to, points }) => (
          <g key={`${from}-${to}`}>
            <path class="edge" d={`M${points.map(({ x, y }) => `${x} ${y}`).join('L')}`} marker-end="url(#arrow)" />
            <EdgeLabel stage={byNumber.get(from)} points={points} />
          </g>
        ))}
        {placed.nodes.map(({ stage: number, x, y }) => {
          const stage = byNumber.get(number);
          return stage === undefined ? null : (
            <StageNode key={number} stage={stage} x={x} y={y} isSelected={selected === number} onSelect={() => onSelect(number)} />
          );
        })}
      </svg>
    </div>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function EdgeLabel({ stage, points }: { readonly stage: StageSummaryJson | undefined; readonly points: readonly Point[] }): JSX.Element | null {
  const middle = points[Math.floor(points.length / 2)];
  return stage === undefined || middle === undefined || stage.rowCount === 0 ? null : (
    <text class="edge-label" x={middle.x + 6} y={middle.y}>
      {countText(stage.rowCount)} rows · {bytesText(stage.byteCount)}
    </text>
  );
}

interface StageNodeProps extends Point {
  readonly stage: StageSummaryJson;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}

function StageNode({ stage, x, y, isSelected, onSelect }: StageNodeProps): JSX.Element {
  const share = stage.taskCount === null || stage.taskCount === 0 ? (stage.state === 'finished' ? 1 : 0) : stage.doneCount / stage.taskCount;
  const skew = skewOf(stage.taskMs);
  const isSkewed = skew !== null && skew >= SKEW_TOLD && (stage.taskCount ?? 0) > 1;
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onSelect();
    }
  };
  const tasks = `${countText(stage.doneCount)}/${countText(stage.taskCount)} ${stage.taskCount === 1 ? 'task' : 'tasks'}`;
  return (
    <g
      class={`node node-${stage.state}${isSelected ? ' selected' : ''}${isSkewed ? ' skewed' : ''}`}
      transform={`translate(${x - NODE_WIDTH / 2} ${y - NODE_HEIGHT / 2})`}
      role="button"
      // Attributes of SVG keep their case: tabIndex would be none.
      tabindex={0}
      aria-pressed={isSelected}
      onClick={onSelect}
      onKeyDown={onKey}
    >
      <rect class="node-box" width={NODE_WIDTH} height={NODE_HEIGHT} rx="8" />
      <rect class="node-progress" x="1" y={NODE_HEIGHT - 7} width={Math.max(0, (NODE_WIDTH - 2) * share)} height="6" rx="3" />
      <text class="node-title" x="12" y="22">
        {`Stage ${stage.stage}`} <tspan>{stage.state}</tspan>
      </text>
      <text class="node-text" x={NODE_WIDTH - 12} y="22" text-anchor="end">
        {tasks}
      </text>
      <text class="node-text" x="12" y="42">
        {cut(stage.description, 36)}
      </text>
      <text class="node-text" x="12" y="60">
        {countText(stage.rowCount)} rows
      </text>
      <text class={isSkewed ? 'node-warning' : 'node-text'} x={NODE_WIDTH - 12} y="60" text-anchor="end">
        {skew === null || (stage.taskCount ?? 0) < 2 ? '' : `skew ${skew.toFixed(1)}${isSkewed ? ' ⚠' : ''}`}
      </text>
    </g>
  );
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

interface Placed {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly (Point & { readonly stage: number })[];
  readonly edges: readonly { readonly from: number; readonly to: number; readonly points: readonly Point[] }[];
}

function place(stages: readonly StageSummaryJson[]): Placed {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 46, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { stage } of stages) {
    graph.setNode(String(stage), { width: NODE_WIDTH, height: NODE_HEIGHT });
  }
  for (const { stage, reads } of stages) {
    for (const read of reads) {
      graph.setEdge(String(read), String(stage));
    }
  }
  layout(graph);
  const { width, height }: { readonly width?: number; readonly height?: number } = graph.graph();
  return {
    width: (width ?? NODE_WIDTH) + LABEL_ROOM,
    height: height ?? NODE_HEIGHT,
    nodes: stages.map(({ stage }) => {
      const { x, y }: Point = graph.node(String(stage));
      return { stage, x, y };
    }),
    edges: graph.edges().map((edge) => {
      const { points }: { readonly points: readonly Point[] } = graph.edge(edge);
      return { from: Number(edge.v), to: Number(edge.w), points };
    }),
  };
}
