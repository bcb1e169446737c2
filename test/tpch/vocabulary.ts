/**
 * The closed lists of values that the TPC-H specification prescribes (its section 4.2), as data for the generator.
 * Where the queries look for a value, it is here; the order of a list has no meaning.
 */

/** Words that part names are made of. */
export const COLORS: readonly string[] = `almond antique aquamarine azure beige bisque black blanched blue blush brown burlywood burnished chartreuse chiffon
  chocolate coral cornflower cornsilk cream cyan dark deep dim dodger drab firebrick floral forest frosted gainsboro ghost
  goldenrod green grey honeydew hot indian ivory khaki lace lavender lawn lemon light lime linen magenta maroon medium
  metallic midnight mint misty moccasin navajo navy olive orange orchid pale papaya peach peru pink plum powder puff
  purple red rose rosy royal saddle salmon sandy seashell sienna sky slate smoke snow spring steel tan thistle tomato
  turquoise violet wheat white yellow`.split(/\s+/);

/** The three syllables of a part's type. */
export const TYPE_SYLLABLES: readonly (readonly string[])[] = [
  ['STANDARD', 'SMALL', 'MEDIUM', 'LARGE', 'ECONOMY', 'PROMO'],
  ['ANODIZED', 'BURNISHED', 'PLATED', 'POLISHED', 'BRUSHED'],
  ['TIN', 'NICKEL', 'BRASS', 'STEEL', 'COPPER'],
];

/** The two syllables of a part's container. */
export const CONTAINER_SYLLABLES: readonly (readonly string[])[] = [
  ['SM', 'LG', 'MED', 'JUMBO', 'WRAP'],
  ['CASE', 'BOX', 'BAG', 'JAR', 'PKG', 'PACK', 'CAN', 'DRUM'],
];

/** Market segments of customers. */
export const SEGMENTS: readonly string[] = ['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'MACHINERY', 'HOUSEHOLD'];

/** Priorities of orders. */
export const PRIORITIES: readonly string[] = ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'];

/** Shipping instructions of line items. */
export const INSTRUCTIONS: readonly string[] = ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'];

/** Shipping modes of line items. */
export const MODES: readonly string[] = ['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'];

/** Region names by key. */
export const REGIONS: readonly string[] = ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'];

/** Nation names by key, each with its region's key. */
export const NATIONS: readonly (readonly [name: string, region: number])[] = [
  ['ALGERIA', 0],
  ['ARGENTINA', 1],
  ['BRAZIL', 1],
  ['CANADA', 1],
  ['EGYPT', 4],
  ['ETHIOPIA', 0],
  ['FRANCE', 3],
  ['GERMANY', 3],
  ['INDIA', 2],
  ['INDONESIA', 2],
  ['IRAN', 4],
  ['IRAQ', 4],
  ['JAPAN', 2],
  ['JORDAN', 4],
  ['KENYA', 0],
  ['MOROCCO', 0],
  ['MOZAMBIQUE', 0],
  ['PERU', 1],
  ['CHINA', 2],
  ['ROMANIA', 3],
  ['SAUDI ARABIA', 4],
  ['VIETNAM', 2],
  ['RUSSIA', 3],
  ['UNITED KINGDOM', 3],
  ['UNITED STATES', 1],
];

/** Words of free text: comments are phrases of them. `special` and `requests` are what query 13 looks for. */
export const ADVERBS: readonly string[] = 'quickly slowly carefully blithely furiously daringly ruthlessly finally evenly silently'.split(' ');
/** Adjectives of free text. */
export const ADJECTIVES: readonly string[] = 'special pending unusual express final regular bold ironic even silent furious ruthless'.split(' ');
/** Nouns of free text. */
export const NOUNS: readonly string[] =
  'requests packages accounts deposits foxes ideas theodolites instructions dependencies excuses platelets asymptotes courts dolphins pinto-beans realms'.split(
    ' ',
  );
/** Verbs of free text. */
export const VERBS: readonly string[] = 'sleep wake nag haggle cajole detect integrate use boost affix lose engage solve doze x-ray'.split(' ');
