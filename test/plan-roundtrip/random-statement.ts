/** Makes statements over the tables t and u of tables.ts; the same seed makes the same statement. */
export function randomStatement(seed: number): string {
  return new StatementMaker(seed).statement();
}

interface Columns {
  readonly integers: readonly string[];
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
}

class StatementMaker {
  #state: number;
  #aliases = 0;

  constructor(seed: number) {
    this.#state = seed * 2654435761 + 12345;
  }

  statement(): string {
    const { from, columns } = this.source(2);
    const where = this.chance(0.6) ? ` where ${this.condition(columns, 2)}` : '';
    return this.chance(0.4) ? this.grouped(from + where, columns) : this.plain(from + where, columns);
  }

  private plain(rest: string, columns: Columns): string {
    const list = [
      this.integer(columns, 2),
      this.text(columns),
      this.number(columns, 2),
      ...(this.chance(0.3) ? [this.scalarSubquery(columns)] : []),
      ...(this.chance(0.3) ? [this.window(columns)] : []),
    ];
    const distinct = this.chance(0.2) ? 'distinct ' : '';
    const select = `select ${distinct}${list.join(', ')} ${rest}`;
    if (list.length === 3 && this.chance(0.3)) {
      return `${select} ${this.pick(['union', 'union all', 'except', 'intersect', 'except all'])} select k, b, a from {u}`;
    }
    const order = list.map((_, index) => `${index + 1} ${this.pick(['asc', 'desc'])} nulls ${this.pick(['first', 'last'])}`).join(', ');
    return this.chance(0.4) ? `${select} order by ${order} limit ${this.below(20)} offset ${this.below(3)}` : select;
  }

  private grouped(rest: string, columns: Columns): string {
    const keys = [this.text(columns), this.integer(columns, 1)].slice(0, 1 + this.below(2));
    const aggregates = [
      `count(*)`,
      `sum(${this.number(columns, 1)})`,
      `max(${this.text(columns)})`,
      `count(distinct ${this.integer(columns, 1)})`,
      `min(${this.integer(columns, 2)}) filter (${this.condition(columns, 1)})`,
    ];
    const by = this.pick(['group by', 'group by', 'group by rollup', 'group by cube']);
    const positions = keys.map((_, index) => index + 1).join(', ');
    const group = by === 'group by' ? `${by} ${positions}` : `${by} (${keys.join(', ')})`;
    const having = this.chance(0.3) ? ` having count(*) > ${this.below(4)}` : '';
    return `select ${[...keys, ...aggregates.slice(0, 1 + this.below(5))].join(', ')} ${rest} ${group}${having}`;
  }

  private source(depth: number): { readonly from: string; readonly columns: Columns } {
    let { from, columns } = this.table();
    for (let joins = this.below(depth + 1); joins > 0; joins -= 1) {
      const other = this.table();
      const kind = this.pick(['join', 'join', 'left join', 'right join', 'full join', 'semi join', 'anti join']);
      const extra = this.chance(0.3) && kind !== 'full join' ? ` and ${this.comparison(columns, other.columns)}` : '';
      from = `${from} ${kind} ${other.from} on ${this.equality(columns, other.columns)}${extra}`;
      const keepsRight = kind !== 'semi join' && kind !== 'anti join';
      columns = keepsRight
        ? {
            integers: [...columns.integers, ...other.columns.integers],
            numbers: [...columns.numbers, ...other.columns.numbers],
            texts: [...columns.texts, ...other.columns.texts],
          }
        : columns;
    }
    return { from: `from ${from}`, columns };
  }

  private table(): { readonly from: string; readonly columns: Columns } {
    this.#aliases += 1;
    const alias = `q${this.#aliases}`;
    if (this.chance(0.5)) {
      return {
        from: `{t} ${alias}`,
        columns: {
          integers: [`${alias}.a`],
          numbers: [`${alias}.x`, `${alias}.n`],
          texts: [`${alias}.b`],
        },
      };
    }
    const table = this.chance(0.2) ? '(select a, b, count(*) as k from {u} group by a, b)' : '{u}';
    return {
      from: `${table} ${alias}`,
      columns: {
        integers: [`${alias}.a`, `${alias}.k`],
        numbers: [`${alias}.k`],
        texts: [`${alias}.b`],
      },
    };
  }

  private equality(left: Columns, right: Columns): string {
    return this.chance(0.5) ? `${this.pick(left.integers)} = ${this.pick(right.integers)}` : `${this.pick(left.texts)} = ${this.pick(right.texts)}`;
  }

  private comparison(left: Columns, right: Columns): string {
    return `${this.pick(left.numbers)} ${this.pick(['<', '<=', '>', '>=', '<>'])} ${this.pick(right.numbers)}`;
  }

  private condition(columns: Columns, depth: number): string {
    const choice = this.below(depth > 0 ? 12 : 6);
    switch (choice) {
      case 0:
        return `${this.integer(columns, 1)} ${this.pick(['=', '<', '>', '<>', '>=', '<='])} ${this.below(10) - 2}`;
      case 1:
        return `${this.pick(columns.texts)} ${this.pick(['=', '<>', '<', 'is distinct from', 'is not distinct from'])} '${this.pick(['ab', 'bb', 'cb', ''])}'`;
      case 2:
        return `${this.pick([...columns.integers, ...columns.numbers, ...columns.texts])} is ${this.pick(['', 'not '])}null`;
      case 3:
        return `${this.pick(columns.integers)} ${this.pick(['in', 'not in'])} (${this.below(5)}, ${this.below(9)}${this.chance(0.2) ? ', null' : ''})`;
      case 4:
        return `${this.number(columns, 1)} between ${this.below(3)} and ${this.below(400)}`;
      case 5:
        return `${this.pick(columns.texts)} like '${this.pick(['a%', '%b', '%a%', '_b'])}'`;
      case 6:
        return `(${this.condition(columns, depth - 1)} ${this.pick(['and', 'or'])} ${this.condition(columns, depth - 1)})`;
      case 7:
        return `not (${this.condition(columns, depth - 1)})`;
      case 8:
        return `${this.pick(columns.integers)} ${this.pick(['in', 'not in'])} (select ${this.pick(['a', 'k'])} from {u} s${this.chance(0.5) ? ` where s.b = ${this.pick(columns.texts)}` : ''})`;
      case 9:
        return `${this.pick(['', 'not '])}exists (select 1 from {t} s where s.a = ${this.pick(columns.integers)}${this.chance(0.4) ? ` and s.x > ${this.pick(columns.numbers)}` : ''})`;
      case 10:
        return `${this.number(columns, 0)} > ${this.scalarSubquery(columns)}`;
      default:
        return `${this.pick(columns.integers)} ${this.pick(['>', '<=', '<>'])} ${this.pick(['all', 'any'])} (select k from {u} s where s.k < 12)`;
    }
  }

  private scalarSubquery(columns: Columns): string {
    const correlated = this.chance(0.6) ? ` where s.${this.chance(0.5) ? `a = ${this.pick(columns.integers)}` : `b = ${this.pick(columns.texts)}`}` : '';
    return `(select ${this.pick(['max(s.k)', 'count(*)', 'sum(s.a)', 'avg(s.k)'])} from {u} s${correlated})`;
  }

  private window(columns: Columns): string {
    const call = this.pick([`count(*)`, `min(${this.pick(columns.integers)})`, `rank()`, `sum(${this.pick(columns.integers)})`]);
    const frame = this.chance(0.3) ? ` range between 2 preceding and 1 following` : '';
    return `${call} over (${this.chance(0.6) ? `partition by ${this.pick(columns.texts)} ` : ''}order by ${this.pick(columns.integers)} ${this.pick(['asc', 'desc'])}${frame})`;
  }

  private integer(columns: Columns, depth: number): string {
    const column = this.pick(columns.integers);
    if (depth === 0 || this.chance(0.4)) {
      return column;
    }
    return this.pick([
      `(${this.integer(columns, depth - 1)} ${this.pick(['+', '-', '*'])} ${this.below(4)})`,
      `coalesce(${column}, ${this.below(3)})`,
      `abs(${this.integer(columns, depth - 1)})`,
      `case when ${this.condition(columns, 0)} then ${column} else ${this.below(5)} end`,
      `(${column} % 3)`,
      `(-${column})`,
    ]);
  }

  private number(columns: Columns, depth: number): string {
    const column = this.pick(columns.numbers);
    if (depth === 0 || this.chance(0.3)) {
      return column;
    }
    return this.pick([
      `(${this.number(columns, depth - 1)} ${this.pick(['+', '-', '*'])} ${this.pick(['1', '2.5', '0.05'])})`,
      `(${column} / ${1 + this.below(4)})`,
      `(1 - ${column})`,
      `(${column} * (1 - ${column}))`,
      `round(${column}, 1)`,
      `nullif(${column}, 0)`,
    ]);
  }

  private text(columns: Columns): string {
    const column = this.pick(columns.texts);
    return this.pick([column, column, `upper(${column})`, `(${column} || 'z')`, `substring(${column}, 1, 1)`, `coalesce(${column}, 'none')`]);
  }

  /** Numbers from xorshift; good enough to vary statements, the same everywhere. */
  private next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 4294967296;
  }

  private below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  private chance(probability: number): boolean {
    return this.next() < probability;
  }

  private pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) {
      throw new Error('nothing to pick from');
    }
    return item;
  }
}
