package doctor

// Task is a problem at growing lengths.
type Task struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	About   string `json:"about"`   // what is to be done, in a sentence
	Loss    string `json:"loss"`    // what the loss is
	Right   string `json:"right"`   // when an answer is right
	Hidden  int    `json:"hidden"`  // units of every layer
	Steps   int    `json:"steps"`   // updates at most
	Lengths []int  `json:"lengths"` // T, growing

	quickSteps   int
	quickLengths []int
	at           func(length int) problem
}

// Tasks are the tasks in the order of the table.
var Tasks = []Task{
	{
		Name: "adding", Title: "Adding problem",
		About: "Of T numbers from 0 to 1 two are marked, one in each half: tell their sum at the end. The first must be remembered for T/2 to T steps.",
		Loss:  "squared error; always answering 1 gives 0.167",
		Right: "off by less than 4 % of the range",
		Steps: 4000, Hidden: 64, Lengths: []int{15, 30, 60, 120, 240},
		quickSteps: 2000, quickLengths: []int{30, 60},
		at: func(length int) problem { return adding{length} },
	},
	{
		Name: "copy", Title: "Copy memory",
		About: "Ten symbols out of eight, T blanks, then repeat the ten: each must be remembered for T+10 steps.",
		Loss:  "cross-entropy of a step; guessing gives 10·ln 8 / (T+20)",
		Right: "a symbol repeated as it was",
		Steps: 6000, Hidden: 128, Lengths: []int{10, 30, 60},
		quickSteps: 2500, quickLengths: []int{10},
		at: func(length int) problem { return copying{length} },
	},
	{
		Name: "order", Title: "Temporal order",
		About: "Among T symbols stand two signs, near T/10 and T/2, each A or B: tell at the end in which order they came. The first must be remembered for about 0.85·T steps.",
		Loss:  "cross-entropy; guessing gives ln 4 = 1.386",
		Right: "the right one of AA, AB, BA, BB",
		Steps: 3000, Hidden: 64, Lengths: []int{20, 50, 100, 200},
		quickSteps: 1500, quickLengths: []int{20, 50, 100},
		at: func(length int) problem { return order{length} },
	},
}
