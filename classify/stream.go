package classify

import (
	"context"
	"iter"
	"time"
)

// patience is how long a document waits for others to be labelled with it.
const patience = 50 * time.Millisecond

// streamBytes bounds the texts of a batch, and with it the memory.
const streamBytes = 1 << 20

// PredictStream labels texts as they come: predictions come in the order of the texts, any number of them in constant
// memory. Behind the scenes the texts are gathered to batches, which are worked on by several cores; a text waits for
// others no longer than 50 ms, so that one may follow a file that grows.
//
// An error of texts is passed on behind the predictions before it, and ends the sequence; so does the end of ctx, at
// once, even while texts is waiting for more. Texts is ranged over by a goroutine of its own, which ends when texts
// yields the next time after the sequence has ended.
func (m *Model) PredictStream(ctx context.Context, texts iter.Seq2[string, error]) iter.Seq2[Prediction, error] {
	return func(yield func(Prediction, error) bool) {
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		queue := make(chan *parcel, cap(m.scorers)) // in the order of the texts
		go m.dispatch(ctx, gather(ctx, texts), queue)
		for {
			select {
			case <-ctx.Done():
				yield(Prediction{}, context.Cause(ctx))
				return
			case p, more := <-queue:
				if !more {
					if ctx.Err() != nil { // it is the end of ctx that has closed the queue
						yield(Prediction{}, context.Cause(ctx))
					}
					return
				}
				if !p.deliver(ctx, yield) {
					return
				}
			}
		}
	}
}

// parcel is a batch on its way.
type parcel struct {
	texts       []string
	err         error // of the source, behind texts
	predictions []Prediction
	failure     error // of the prediction
	done        chan struct{}
}

// deliver waits for a parcel and yields it; it reports whether to go on.
func (p *parcel) deliver(ctx context.Context, yield func(Prediction, error) bool) bool {
	select {
	case <-ctx.Done(): // who works on the parcel may still write to it
		yield(Prediction{}, context.Cause(ctx))
		return false
	case <-p.done:
	}
	if p.failure != nil {
		yield(Prediction{}, p.failure)
		return false
	}
	for _, prediction := range p.predictions {
		if !yield(prediction, nil) {
			return false
		}
	}
	if p.err != nil {
		yield(Prediction{}, p.err)
	}
	return p.err == nil
}

// dispatch sets workers on parcels, and queues the parcels for delivery. The queue's length bounds how many are on their
// way.
func (m *Model) dispatch(ctx context.Context, parcels <-chan *parcel, queue chan<- *parcel) {
	defer close(queue)
	for p := range parcels {
		p.predictions, p.done = make([]Prediction, len(p.texts)), make(chan struct{})
		select {
		case queue <- p:
		case <-ctx.Done():
			return
		}
		go func() {
			defer close(p.done)
			p.failure = m.predict(ctx, p.predictions, p.texts)
		}()
	}
}

// item is what a source yields.
type item struct {
	text string
	err  error
}

// gather makes parcels of the texts that come.
func gather(ctx context.Context, texts iter.Seq2[string, error]) <-chan *parcel {
	// Items is not buffered, since texts may be long: 64 files of 50 MB that wait would be 3 GB.
	items, parcels := make(chan item), make(chan *parcel)
	go func() {
		defer close(items)
		for text, err := range texts {
			select {
			case items <- item{text, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	go func() {
		defer close(parcels)
		for more := true; more; {
			var p *parcel
			if p, more = next(ctx, items); p == nil {
				continue
			}
			select {
			case parcels <- p:
			case <-ctx.Done():
				return
			}
		}
	}()
	return parcels
}

// next waits for an item and for those that come shortly after it. The parcel is nil if there is none; more says whether
// there may be others.
func next(ctx context.Context, items <-chan item) (p *parcel, more bool) {
	var timeout <-chan time.Time
	bytes := 0
	for {
		select {
		case it, ok := <-items:
			if !ok {
				return p, false
			}
			if p == nil {
				p, timeout = &parcel{}, time.After(patience)
			}
			if p.err = it.err; p.err != nil {
				return p, false
			}
			p.texts = append(p.texts, it.text)
			if bytes += len(it.text); len(p.texts) == batchDocuments || bytes >= streamBytes {
				return p, true
			}
		case <-timeout:
			return p, true
		case <-ctx.Done():
			return nil, false
		}
	}
}
