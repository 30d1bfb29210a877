package main

import (
	"context"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/storage/names"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// typedStrategy is a strategy for one internal type, made of plain functions. A missing function does nothing.
type typedStrategy[T runtime.Object] struct {
	runtime.ObjectTyper
	names.NameGenerator
	clusterScoped bool
	// resets are the top-level fields that a write through this (sub)resource does not own, in this version of the group.
	version        fieldpath.APIVersion
	resets         []string
	prepareCreate  func(T)
	prepareUpdate  func(object, old T)
	validate       func(T) field.ErrorList
	validateUpdate func(object, old T) field.ErrorList
	warnings       func(T) []string
	canonicalize   func(T)
}

func newStrategy[T runtime.Object](parts typedStrategy[T]) *typedStrategy[T] {
	parts.ObjectTyper = legacyscheme.Scheme
	parts.NameGenerator = names.SimpleNameGenerator
	return &parts
}

func (s *typedStrategy[T]) NamespaceScoped() bool          { return !s.clusterScoped }
func (s *typedStrategy[T]) AllowCreateOnUpdate() bool      { return false }
func (s *typedStrategy[T]) AllowUnconditionalUpdate() bool { return true }

func (s *typedStrategy[T]) PrepareForCreate(_ context.Context, object runtime.Object) {
	if s.prepareCreate != nil {
		s.prepareCreate(object.(T))
	}
}

func (s *typedStrategy[T]) PrepareForUpdate(_ context.Context, object, old runtime.Object) {
	if s.prepareUpdate != nil {
		s.prepareUpdate(object.(T), old.(T))
	}
}

func (s *typedStrategy[T]) Validate(_ context.Context, object runtime.Object) field.ErrorList {
	if s.validate == nil {
		return nil
	}
	return s.validate(object.(T))
}

func (s *typedStrategy[T]) ValidateUpdate(_ context.Context, object, old runtime.Object) field.ErrorList {
	if s.validateUpdate == nil {
		return nil
	}
	return s.validateUpdate(object.(T), old.(T))
}

func (s *typedStrategy[T]) WarningsOnCreate(_ context.Context, object runtime.Object) []string {
	if s.warnings == nil {
		return nil
	}
	return s.warnings(object.(T))
}

func (s *typedStrategy[T]) WarningsOnUpdate(ctx context.Context, object, _ runtime.Object) []string {
	return s.WarningsOnCreate(ctx, object)
}

func (s *typedStrategy[T]) Canonicalize(object runtime.Object) {
	if s.canonicalize != nil {
		s.canonicalize(object.(T))
	}
}

func (s *typedStrategy[T]) GetResetFields() map[fieldpath.APIVersion]*fieldpath.Set {
	if len(s.resets) == 0 {
		return nil
	}
	set := fieldpath.NewSet()
	for _, name := range s.resets {
		set.Insert(fieldpath.MakePathOrDie(name))
	}
	return map[fieldpath.APIVersion]*fieldpath.Set{s.version: set}
}
