// Command interop asks the reference implementation of SCION what it makes of packets and of messages of the control
// plane, and has it make some. It reads lines of JSON and writes one line for each.
//
// tools/interop-scion.ts starts it; what stands here only translates between JSON and the reference's types.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
)

const lineBytesMax = 1 << 24

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) == 0 {
		return fmt.Errorf("no command")
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	switch arguments[0] {
	case "read-packets":
		return answerLines(encoder, readPacket)
	case "draw-packets":
		seed, count, err := seedAndCount(arguments[1:])
		if err != nil {
			return err
		}
		return drawPackets(encoder, seed, count)
	case "check-control":
		return checkControl(encoder)
	case "draw-control":
		seed, count, err := seedAndCount(arguments[1:])
		if err != nil {
			return err
		}
		return drawControl(encoder, seed, count)
	}
	return fmt.Errorf("unknown command %q", arguments[0])
}

func seedAndCount(arguments []string) (uint64, int, error) {
	if len(arguments) != 2 {
		return 0, 0, fmt.Errorf("a seed and a count are needed")
	}
	seed, err := strconv.ParseUint(arguments[0], 10, 64)
	if err != nil {
		return 0, 0, err
	}
	count, err := strconv.Atoi(arguments[1])
	return seed, count, err
}

// answerLines writes what answer returns for each line of the standard input.
func answerLines[Question, Answer any](encoder *json.Encoder, answer func(Question) Answer) error {
	scanner := bufio.NewScanner(os.Stdin)
	scanner.Buffer(nil, lineBytesMax)
	for scanner.Scan() {
		var question Question
		if err := json.Unmarshal(scanner.Bytes(), &question); err != nil {
			return err
		}
		if err := encoder.Encode(answer(question)); err != nil {
			return err
		}
	}
	return scanner.Err()
}
