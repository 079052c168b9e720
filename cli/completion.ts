/**
 * `orrery completion bash|zsh`: prints a script that completes commands, options, their values and
 * scenario names. It is generated from the program itself, so it matches this version.
 *
 * @module
 */
import { existsSync, readdirSync } from 'node:fs';
import { Argument, type Command, type Option } from 'commander';
import { SHIPPED_FILE_FOLDERS } from '../scenarios/folders.ts';

/** What can be completed at a position: one of these words, a scenario, any path, or nothing. */
export type CompletionValues =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'scenario' }
  | { readonly kind: 'path' }
  | { readonly kind: 'free' };

/** An option of a command, as a completion script needs it. */
export interface CompletableOption {
  /** The flags as typed, for example `-q` and `--quiet`. */
  readonly flags: readonly string[];
  readonly summary: string;
  readonly value?: CompletionValues;
  /** False if the option may be given without a value. */
  readonly isValueRequired: boolean;
}

/** A command, as a completion script needs it. */
export interface CompletableCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletableOption[];
  readonly operands: readonly CompletionValues[];
}

/** Adds the command `orrery completion` to the program. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh']))
    .summary('print a completion script for a shell')
    .description(
      'Prints a completion script. bash: source <(orrery completion bash)   ' +
        'zsh: source <(orrery completion zsh)',
    )
    .action((shell: 'bash' | 'zsh') => {
      const commands = completableCommands(program);
      const scenarios = shippedScenarios();
      process.stdout.write(
        shell === 'bash'
          ? bashCompletionScript(commands, scenarios)
          : zshCompletionScript(commands, scenarios),
      );
    });
}

/** Lists all commands of the program, with the options and arguments that may follow each. */
export function completableCommands(program: Command): readonly CompletableCommand[] {
  const help = program.createHelp();
  return help.visibleCommands(program).map((command) => ({
    name: command.name(),
    summary: command.summary() === '' ? command.description() : command.summary(),
    options: help.visibleOptions(command).map(completedOption),
    operands: command.registeredArguments.map((argument) =>
      valuesOf(argument.argChoices, `${argument.name()} ${argument.description}`),
    ),
  }));
}

function completedOption(option: Option): CompletableOption {
  const { short, long, description, required, optional, argChoices, flags } = option;
  const operand = /[<[](.+)[\]>]/.exec(flags)?.[1];
  return {
    flags: [short, long].filter((flag) => flag !== undefined && flag !== null),
    summary: description,
    isValueRequired: required,
    ...(required || optional ? { value: valuesOf(argChoices, operand ?? '') } : {}),
  };
}

/**
 * Guesses from the help text what an argument or an option's value can be completed with.
 * @param words The description of the argument in the help.
 */
function valuesOf(choices: readonly string[] | undefined, words: string): CompletionValues {
  if (choices !== undefined) return { kind: 'words', words: choices };
  if (/scenario/.test(words)) return { kind: 'scenario' };
  if (/\b(dir|file|folder|path|topology)\b(?!=)|\.json/.test(words)) return { kind: 'path' };
  return { kind: 'free' };
}

function shippedScenarios(): readonly string[] {
  const { scenarios } = SHIPPED_FILE_FOLDERS;
  if (!existsSync(scenarios)) return [];
  return readdirSync(scenarios)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
}

/** The script for bash; works without the bash-completion package. */
export function bashCompletionScript(
  commands: readonly CompletableCommand[],
  scenarios: readonly string[],
): string {
  const after = commands.flatMap(({ name, options }) =>
    options.flatMap(({ flags, value, isValueRequired }) =>
      value === undefined
        ? []
        : [
            `    ${flags.map((flag) => `${name}:${flag}`).join('|')}) ` +
              `${bashValues(value, scenarios)}${isValueRequired ? '; return' : ''} ;;`,
          ],
    ),
  );
  const places = commands.map(({ name, options, operands }) => {
    const flags = options.flatMap((option) => option.flags).join(' ');
    const values = operands.map((operand) => bashValues(operand, scenarios));
    const operand = [...new Set(values)].join('; ');
    return `    ${name}) if [[ $current == -* ]]; then add '${flags}'; else ${operand || ':'}; fi ;;`;
  });
  return `# Completion of orrery for bash: source <(orrery completion bash)
_orrery() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command='' word
  add() { local IFS=$' \\t\\n'; COMPREPLY+=($(compgen -W "$1" -- "$current")); }
  paths() { local IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$current")); }
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word != -* ]]; then command=$word; break; fi
  done
  COMPREPLY=()
  case $command:$previous in
${after.join('\n')}
  esac
  case $command in
    '') add '${['--help', '--version', ...commands.map(({ name }) => name)].join(' ')}' ;;
${places.join('\n')}
  esac
}
complete -F _orrery orrery
`;
}

function bashValues(values: CompletionValues, scenarios: readonly string[]): string {
  switch (values.kind) {
    case 'words':
      return `add '${values.words.join(' ')}'`;
    case 'scenario':
      return `add '${scenarios.join(' ')}'; paths`;
    case 'path':
      return 'paths';
    case 'free':
      return ':';
  }
}

/** The script for zsh, which can also be a file \`_orrery\` in a folder of \`fpath\`. */
export function zshCompletionScript(
  commands: readonly CompletableCommand[],
  scenarios: readonly string[],
): string {
  const list = commands.map(({ name, summary }) => {
    return `    ${quote(`${name}:${summary.replaceAll(':', '\\:')}`)}`;
  });
  const cases = commands.map(({ name, options, operands }) => {
    const words = [
      ...options.flatMap(zshOption),
      ...operands.map((operand, index) => quote(`${index + 1}:argument:${zshValues(operand)}`)),
    ];
    return `      ${name}) _arguments ${words.map((word) => `\\\n        ${word}`).join(' ')} ;;`;
  });
  return `#compdef orrery
# Completion of orrery for zsh: source <(orrery completion zsh)
_orrery_scenarios() {
  _alternative ${quote(`shipped:shipped scenario:(${scenarios.join(' ')})`)} \\
    'files:file:_files -g "*.(yaml|json)"'
}
_orrery() {
  local state line
  local -a commands
  commands=(
${list.join('\n')}
  )
  _arguments -C '--help[print help]' '--version[print the version]' \\
    '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
${cases.join('\n')}
      esac ;;
  esac
}
if [[ $funcstack[1] == _orrery ]]; then _orrery "$@"; else compdef _orrery orrery; fi
`;
}

function zshOption(option: CompletableOption): readonly string[] {
  const { flags, summary, value, isValueRequired } = option;
  const text = summary.replace(/[[\]\\:]/g, '\\$&');
  const colon = isValueRequired ? ':' : '::';
  const follows = value === undefined ? '' : `${colon}value:${zshValues(value)}`;
  return flags.map((flag) => quote(`*${flag}[${text}]${follows}`));
}

function zshValues(values: CompletionValues): string {
  switch (values.kind) {
    case 'words':
      return `(${values.words.join(' ')})`;
    case 'scenario':
      return '_orrery_scenarios';
    case 'path':
      return '_files';
    case 'free':
      return ' ';
  }
}

/** Quotes a word for the shell, in single quotes. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
