/**
 * The rules for the subject of a commit: `area: imperative`, at most 72 characters.
 *
 * A tool cannot parse English. It rejects what is certainly not an imperative (an article, a
 * pronoun, a participle, a third person, a plural noun) and accepts the rest.
 *
 * @module
 */

const LENGTH_MAX = 72;
const AREA = /^[a-z0-9][a-z0-9._/-]*(?:,? [a-z0-9][a-z0-9._/-]*){0,3}: /;

/** Words that can begin a statement or a heading, but never an imperative. */
const NEVER_A_VERB = new Set(
  (
    'a an the this that these those no not all any some few many most each every both one two ' +
    'three i we you he she it they my our your his her its their who whose what which when where ' +
    'why how if as at by for from in into of off on onto to under with without after before ' +
    'also and but or so than then there only own same such is are was were be been has have had ' +
    'does did can may must should will would new more less'
  ).split(' '),
);

/** Imperatives that end like a participle or like the third person of a verb. */
const VERBS_WITH_SUCH_ENDINGS = new Set(
  (
    'bring fling ping ring sing sling spring sting string swing wring embed exceed feed heed need ' +
    'proceed seed shed shred speed spread succeed weed wed'
  ).split(' '),
);

/**
 * Checks the subject of a commit against the rules of this repository.
 * @returns one sentence per broken rule; none for a good subject.
 */
export function subjectProblems(subject: string): readonly string[] {
  if (/^Revert "/.test(subject)) return [];
  const problems: string[] = [];
  if (subject.length > LENGTH_MAX) {
    problems.push(`has ${subject.length} characters, at most ${LENGTH_MAX} are allowed`);
  }
  if (subject.endsWith('.')) problems.push('ends in a full stop');
  const area = AREA.exec(subject)?.[0];
  if (area === undefined) {
    problems.push('names no area first: write `area: imperative`, the area in lower case');
    return problems;
  }
  const [verb = ''] = subject.slice(area.length).split(' ');
  const problem = verbProblem(verb);
  return problem === undefined ? problems : [...problems, problem];
}

/** Areas of commits that do not change the code of runs, so that their subject claims no speed-up. */
const NO_PRODUCT = /^(?:docs|tests?|changelog|adr|requirements|bench|speed|ci)\b/;
/** Words by which a subject claims a speed-up. */
const QUICKER =
  /\b(?:faster|quicker|times as fast|speed up|cheaper|halve the (?:time|cost)|in (?:half|less) (?:of )?(?:the |its )?time)\b/;
/** A number in a text, but not the hexadecimal name of a commit or the number of a requirement. */
const FIGURE = /(?<![\w-])\d[\d,. ]*(?![\w-]*[a-f]\d)/g;

/**
 * Checks that a commit which claims to make something quicker gives figures.
 * @param body The body of the commit's message.
 * @returns one sentence if the subject claims a speed-up but the body has fewer than two figures (before and after).
 */
export function speedProblems(subject: string, body: string): readonly string[] {
  if (NO_PRODUCT.test(subject) || !QUICKER.test(subject)) return [];
  const figures = body.match(FIGURE) ?? [];
  return figures.length < 2 ? ['is about speed: give what a benchmark shows before and after'] : [];
}

function verbProblem(verb: string): string | undefined {
  if (/^[A-Z]/.test(verb)) return `begins with "${verb}": write the verb in lower-case letters`;
  const isOrder =
    /^[a-z][a-z-]*,?$/.test(verb) &&
    !NEVER_A_VERB.has(verb) &&
    (VERBS_WITH_SUCH_ENDINGS.has(verb) || !/(?:ed|ing|[^sui]s)$/.test(verb.replace(/,$/, '')));
  return isOrder ? undefined : `begins with "${verb}": write the imperative, as in "leave a path"`;
}
