import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Rows drawn beyond what is seen. */
const MARGIN = 12;

/** A column: its heading, and what a row has there. `wide` columns are left out on a phone. */
export interface RowColumn<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** CSS width of the column. */
  readonly width: string;
  readonly isNumber?: boolean;
  readonly wide?: boolean;
}

interface RowListProps<Row> {
  readonly label: string;
  readonly columns: readonly RowColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string;
  readonly rowClass?: (row: Row) => string;
  readonly rowHeight?: number;
  /** Most pixels it takes; it scrolls within. */
  readonly heightMax?: string;
}

/** A table of any length that draws only the rows that are seen. To screen readers it is a table of all its rows. */
export function RowList<Row>({ label, columns, rows, keyOf, rowClass, rowHeight = 36, heightMax = '70vh' }: RowListProps<Row>): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const look = (): void => {
    const { current } = scroller;
    if (current !== null) {
      setView({ top: current.scrollTop, height: current.clientHeight });
    }
  };
  useLayoutEffect(() => {
    look();
    const { current } = scroller;
    if (current === null) {
      return undefined;
    }
    const observer = new ResizeObserver(look);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(view.top / rowHeight) - MARGIN);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / rowHeight) + MARGIN);
  const template = columns.map(({ width }) => width).join(' ');
  const narrow = columns
    .filter(({ wide }) => wide !== true)
    .map(({ width }) => width)
    .join(' ');
  return (
    <div
      class="rows"
      ref={scroller}
      onScroll={look}
      role="table"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      tabIndex={0}
      style={{ maxHeight: heightMax, '--columns': template, '--columns-narrow': narrow }}
    >
      <div role="rowgroup" class="rows-head">
        <div role="row" aria-rowindex={1} class="row">
          {columns.map((column) => (
            <div role="columnheader" key={column.name} class={cellClass(column)}>
              {column.name}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" style={{ height: `${rows.length * rowHeight}px`, position: 'relative' }}>
        {rows.slice(first, last).map((row, offset) => {
          const index = first + offset;
          return (
            <div
              role="row"
              aria-rowindex={index + 2}
              key={keyOf(row, index)}
              class={`row ${rowClass?.(row) ?? ''}`}
              style={{ position: 'absolute', top: `${index * rowHeight}px`, height: `${rowHeight}px`, left: 0, right: 0 }}
            >
              {columns.map((column) => (
                <div role="cell" key={column.name} class={cellClass(column)}>
                  {column.cell(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function cellClass<Row>({ isNumber, wide }: RowColumn<Row>): string {
  return `cell${isNumber === true ? ' number' : ''}${wide === true ? ' wide' : ''}`;
}
