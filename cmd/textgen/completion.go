package main

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"
)

const completionDescription = `Prints a script that completes commands and flags:

   source <(textgen completion bash)                                    bash, in ~/.bashrc
   source <(textgen completion zsh)                                     zsh, in ~/.zshrc
   textgen completion fish > ~/.config/fish/completions/textgen.fish    fish`

func completionCommand() *cli.Command {
	return &cli.Command{
		Name: "completion", Usage: "print a completion script for bash, zsh or fish", ArgsUsage: "SHELL", Description: completionDescription,
		Action: func(ctx *cli.Context) error {
			if extra := ctx.Args().Get(1); extra != "" {
				return fmt.Errorf("%q: textgen completion prints the script of one shell", extra)
			}
			script, err := completion(ctx.App, ctx.Args().First())
			if err == nil {
				_, err = io.WriteString(ctx.App.Writer, script)
			}
			return err
		},
	}
}

func completion(app *cli.App, shell string) (string, error) {
	switch shell {
	case "bash":
		return bashCompletion, nil
	case "zsh":
		return zshCompletion, nil
	case "fish":
		return app.ToFishCompletion()
	}
	return "", fmt.Errorf("no completion for the shell %q: name bash, zsh or fish", shell)
}

// The scripts ask the program itself. Where it has nothing to propose, the shell completes file names. What follows a flag
// and is none is its value or a file: the program would propose flags that begin as that one does. "--" would be the end of
// all flags to it, so that "-" is asked for in its place.
const bashCompletion = `_textgen() {
  local current="${COMP_WORDS[COMP_CWORD]}" words=("${COMP_WORDS[@]:0:COMP_CWORD}")
  case "$current" in
    --) words+=(-) ;;
    -*) words+=("$current") ;;
    *) [[ "${COMP_WORDS[COMP_CWORD-1]}" == -* ]] && return ;;
  esac
  COMPREPLY=($(compgen -W "$("${words[@]}" --generate-bash-completion 2>/dev/null)" -- "$current"))
}
complete -o bashdefault -o default -F _textgen textgen
`

const zshCompletion = `#compdef textgen
_textgen() {
  local current="${words[CURRENT]}"
  local -a asked proposals
  asked=("${(@)words[1,CURRENT-1]}")
  case "$current" in
    --) asked+=(-) ;;
    -*) asked+=("$current") ;;
    *) [[ "${words[CURRENT-1]}" == -* ]] && { _files; return } ;;
  esac
  proposals=("${(@f)$("${asked[@]}" --generate-bash-completion 2>/dev/null)}")
  if [[ -n "${proposals[1]}" ]]; then
    compadd -- "${proposals[@]}"
  else
    _files
  fi
}
compdef _textgen textgen
`
