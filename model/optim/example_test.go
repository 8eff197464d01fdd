package optim_test

import (
	"fmt"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

// Example finds the minimum of (w−3)²/2.
func Example() {
	w := model.NewWorkers(1)
	defer w.Close()
	p := &model.Parameter{Name: "w", Shape: []int{1}, Value: []float32{0}, Grad: []float32{0}}
	params := []*model.Parameter{p}

	optimizer, err := optim.New(optim.Config{Name: optim.NameSGD, Momentum: 0.5}, params)
	if err != nil {
		fmt.Println(err)
		return
	}
	clipper, err := optim.NewClipper(optim.Clip{Norm: 1}, params)
	if err != nil {
		fmt.Println(err)
		return
	}
	schedule, err := optim.NewSchedule(optim.ScheduleConfig{Name: optim.Linear, Rate: 0.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	const steps = 50
	for step := range steps {
		p.Grad[0] = p.Value[0] - 3
		optimizer.Step(schedule.Rate(step, steps), clipper.Clip(w).Scale, w)
	}
	fmt.Printf("%.3f\n", p.Value[0])
	// Output: 3.000
}
